"""What an answer is made of: what a service returned, by the names of its fields."""

from pydantic import BaseModel, ConfigDict


class Answer(BaseModel):
    """The parent of answers that show what a service returned: `XOut.model_validate(view)`.

    Lists and views inside are read the same way; what the answer does not name stays inside.
    """

    model_config = ConfigDict(from_attributes=True)
