from unittest.mock import patch

from shop.orders import OrderHandler


async def test_the_old_way(store, order):
    handler = OrderHandler(store)
    await handler._handle_order_v2(order)


async def test_the_switch(store, order):
    with patch.object(OrderHandler, "_handle_order_v2") as old:
        await OrderHandler(store).handle(order)
    old.assert_not_called()
