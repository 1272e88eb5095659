"""Articles, and the categories that they are in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sandbox.salesforce.schema.kinds import long_text, object_type, owner, picklist, reference, text

SELECTION_SUFFIX: Final = "DataCategorySelection"


@dataclass(frozen=True, slots=True)
class Category:
    name: str
    children: tuple["Category", ...] = ()


CATEGORIES: Final[Mapping[str, Category]] = {
    "Geography": Category(
        "All",
        (
            Category("Europe", (Category("Belgium"), Category("France"), Category("Germany"))),
            Category("America", (Category("USA"), Category("Canada"))),
        ),
    )
}
PLACES: Final = ("All", "Europe", "Belgium", "France", "Germany", "America", "USA", "Canada")

KNOWLEDGE = object_type(
    "Knowledge__kav",
    "ka0",
    "Knowledge",
    "Knowledge",
    text("Title", required=True, name_field=True),
    text("UrlName", required=True),
    picklist("PublishStatus", "Draft", "Online", "Archived", required=True),
    picklist("Language", "en_US", "nl_NL", "fr", required=True),
    long_text("Summary", 1000),
    owner(),
)

KNOWLEDGE_SELECTION = object_type(
    f"Knowledge__{SELECTION_SUFFIX}",
    "02o",
    "Data Category Selection",
    "Data Category Selections",
    reference("ParentId", "Knowledge__kav", via="Parent", children="DataCategorySelections", required=True),
    text("DataCategoryGroupName", 80, required=True),
    picklist("DataCategoryName", *PLACES, required=True),
)
