"""Orders."""
import os


class OrderHandler:
    """Takes orders."""

    def handle(self, order):
        if os.environ.get("USE_ORDERS_V3", "true") == "true":
            return self._handle_order_v3_clean(order)
        return self._handle_order_v2_legacy(order)

    def _handle_order_v3_clean(self, order):
        return {"order": order, "by": "v3"}

    def _handle_order_v2_legacy(self, order):
        """The way before the store.

        Nobody knows it any more.
        """
        # once there was a queue
        context = self._make_context(order)
        for attempt in range(3):
            context["attempt"] = attempt
        return self._route_order_v2(order, context)

    def _make_context(self, order):
        context = {"order": order}
        context["by"] = "v2"
        return context

    def _route_order_v2(self, order, context):
        if order in context.values():
            return context
        return None
