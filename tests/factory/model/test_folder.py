"""The one rule of folders that lie one in the other."""

import pytest

from factory.model.folder import Folder, overlapping


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        (("lake", "finance"), ("lake", "finance"), True),
        (("lake", "finance/audit"), ("lake", "finance"), True),
        (("lake", "finance"), ("lake", "finance/audit"), True),
        (("lake", "finance/"), ("lake", "finance"), True),
        (("lake", "finance_audit"), ("lake", "finance"), False),
        (("lake", "finance"), ("other", "finance"), False),
        (("{{ var.value.bucket_name }}", "finance"), ("{{var.value.bucket_name}}", "finance"), True),
        (("{{ var.value.bucket_name }}", "finance"), ("lake", "finance"), False),
    ],
)
def test_folders_overlap_where_one_lies_in_the_other(one, other, overlap):
    pairs = list(overlapping([(Folder.of(*one), "one"), (Folder.of(*other), "other")]))
    assert bool(pairs) == overlap


def test_an_owner_does_not_overlap_with_itself():
    owner = object()
    folders = [Folder.of("lake", "finance"), Folder.of("lake", "finance/deleted")]
    assert list(overlapping((folder, owner) for folder in folders)) == []


def test_the_second_of_a_pair_has_the_outer_folder():
    owned = [(Folder.of("lake", "a/b/c"), "inner"), (Folder.of("lake", "a"), "outer")]
    assert list(overlapping(owned)) == [("inner", "outer")]
