import pickle

from backmatter.index import errors
from backmatter.index.errors import BackmatterError, PostError


def test_every_error_is_in_the_tree_that_the_module_draws():
    drawn = {line.strip("├└─│ ").split()[0] for line in (errors.__doc__ or "").splitlines() if "  " in line.strip()}
    written = {name for name, value in vars(errors).items() if isinstance(value, type)}
    assert drawn == written


def test_every_error_has_the_one_root():
    assert all(issubclass(kind, BackmatterError) for kind in vars(errors).values() if isinstance(kind, type))


def test_a_posts_error_names_its_place_and_survives_a_process_boundary():
    error = PostError("a/b.md", "the date is no date", 3)
    assert str(error) == "a/b.md:3: the date is no date"
    assert str(PostError("a/b.md", "is empty")) == "a/b.md: is empty"
    sent = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert (sent.path, sent.line, sent.reason, str(sent)) == ("a/b.md", 3, "the date is no date", str(error))
