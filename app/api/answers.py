"""What an answer is made of: what a service returned, by the names of its fields."""

from typing import Self

from pydantic import BaseModel, ConfigDict


class Answer(BaseModel):
    """The parent of answers that show what a service returned: `XOut.model_validate(view)`.

    Lists and views inside are read the same way; what the answer does not name stays inside.
    """

    model_config = ConfigDict(from_attributes=True)

    @classmethod
    def of(cls, *views: object, **more: object) -> Self:
        """Several views as one answer, and what the route itself says beside them.

        Of a name that stands more than once the last counts.
        """
        named = {
            name: getattr(view, name)
            for view in views
            for name in cls.model_fields
            if hasattr(view, name)
        }
        return cls.model_validate(named | more)
