"""An attribute that is computed when it is first asked for."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

ValueT = TypeVar("ValueT")


class lazy(Generic[ValueT]):  # noqa: N801 (a decorator, as `property` is)
    """Computes an attribute once: from then on, it is in the object's own dictionary.

    `functools.cached_property` takes a lock, until Python 3.12, and two to three times as long. A query asks for twenty
    of them.
    """

    def __init__(self, compute: Callable[[Any], ValueT]) -> None:
        self._compute = compute
        self._name = compute.__name__
        self.__doc__ = compute.__doc__

    def __get__(self, instance: Any, owner: type | None = None) -> ValueT:
        """Compute the attribute; later on, Python finds it without a call."""
        value = instance.__dict__[self._name] = self._compute(instance)
        return value
