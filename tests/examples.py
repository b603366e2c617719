"""How many examples a property tries when it needs more or fewer than others."""

from hypothesis import settings

FEWEST = 4


def examples(thorough):
    """Settings for so many examples in the thorough run, and the same share of them as others in this one."""
    share = settings().max_examples / settings.get_profile("thorough").max_examples
    return settings(max_examples=max(FEWEST, round(thorough * share)))
