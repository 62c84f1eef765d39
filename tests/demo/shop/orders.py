"""Orders, on the way from their second to their third handler."""

import os


class OrderHandler:
    def __init__(self, store):
        self.store = store

    async def handle(self, order):
        if os.environ.get("USE_ORDERS_V3", "true") == "true":
            return await self._handle_order_v3(order)
        return await self._handle_order_v2(order)

    async def _handle_order_v3(self, order):
        return await self.store.save(order)

    async def _handle_order_v2(self, order):
        return await self.store.save_all([order])
