"""Orders."""


class OrderHandler:
    """Takes orders."""

    def handle(self, order):
        return self._handle_order_v3_clean(order)

    def _handle_order_v3_clean(self, order):
        return {"order": order, "by": "v3"}
