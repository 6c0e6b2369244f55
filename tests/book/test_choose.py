"""The page "Which loss do I need?": where its paths lead, and that they agree with losses and chapters."""

import re
import sys

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import gammaln

import losslab as ll
from losslab.losses import shelf
from tests import built
from tests.book.chapters import BOOK, ROOT, chapters, markdown, pages

sys.path.insert(0, str(BOOK / "_ext"))
pytest.importorskip("sphinx")
from losslab_book import chooser  # noqa: E402

TREE = chooser.tree()
PLACES = dict(chooser.places(TREE))
QUESTIONS = {"": TREE} | {place: node for place, node in PLACES.items() if "ask" in node}
ADVICE = {place: node for place, node in PLACES.items() if "take" in node}
MOST = 160_000  # bytes of the page: the whole tree, so that it works without scripts


def taken(node):
    return [each["loss"] for each in node["take"]]


def refused(node):
    return [each["loss"] for each in node.get("not", ())]


def words_of(place):
    """What a reader has said on the way there."""
    steps = place.split("/")
    way = [PLACES["/".join(steps[: n + 1])] for n in range(len(steps))]
    return " ".join(f"{answer['say']}. {answer['who']}" for answer in way)


# Shape ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", QUESTIONS, ids=lambda place: place or "root")
def test_questions(place):
    node = QUESTIONS[place]
    assert node["ask"].endswith("?")
    keys = [answer["key"] for answer in node["answers"]]
    assert len(keys) > 1 and len(set(keys)) == len(keys)
    for answer in node["answers"]:
        assert re.fullmatch("[a-z]+", answer["key"])
        assert len(answer["say"]) > 1 and not answer["say"].endswith(".")
        assert answer["who"].endswith("."), f"{answer['say']} does not say whom it is for"
        assert sum(key in answer for key in ("ask", "take", "see")) == 1


@pytest.mark.parametrize("place", ADVICE)
def test_advice(place):
    node = ADVICE[place]
    first, *others = node["take"]
    assert "if" not in first, "the first is the one to take"
    assert len(others) < 4 and all("if" in other for other in others)
    assert not {*taken(node)} & {*refused(node)}
    assert len({*taken(node)}) == len(taken(node))
    for each in [*node["take"], *node.get("not", ()), *node.get("judge", ())]:
        assert shelf.find(each["loss"]).name == each["loss"]
        assert len(each["because"].split()) > 4 and each["because"].endswith(".")
    if "read" in node:
        assert all(chooser.section(node["read"]["at"]))
        assert 3 < len(node["read"]["for"].split()) < 16


# Chapters that teach what an answer needs in other words than the names of its losses.
IN_OTHER_WORDS = {
    "forecast/spread/heavy": "Student-t",
    "forecast/spread/humps": "two humps",
    "grade/kappa": "metric",
    "picture/box": "SmoothL1Loss",
}


def test_advice_is_read_in_chapters_that_know_it():
    for place, node in ADVICE.items():
        if "read" not in node:
            continue
        text = markdown(BOOK / f"{node['read']['at'].partition('#')[0]}.ipynb")
        known = [each["loss"] for key in ("take", "not", "judge") for each in node.get(key, ())]
        titles = [re.split(" loss| of ", shelf.find(name).title)[0] for name in known]
        named = any(re.search(rf"\b{name}\b", text, re.I) for name in known + titles)
        assert named != (place in IN_OTHER_WORDS), place
        assert IN_OTHER_WORDS.get(place, "") in text


def test_a_chapter_is_named_wherever_one_teaches_the_first_loss():
    taught = {
        name for path in chapters() for name in re.findall(r"\{loss\}`(\w+)`", markdown(path))
    }
    silent = {place for place, node in ADVICE.items() if "read" not in node}
    # Named in passing there, and not taught.
    passing = {"brier_softmax", "epsilon_insensitive", "knowledge_distillation", "lognormal_nll"}
    assert {p for p in silent if taken(ADVICE[p])[0] in taught - passing} == set()


def test_a_section_that_is_gone_is_an_error():
    with pytest.raises(ValueError, match="no section 'gone'"):
        chooser.section("part2/counts#gone")


def test_all_that_is_referred_to_exists():
    for place, node in PLACES.items():
        if "see" in node:
            assert "see" not in PLACES[node["see"]], f"{place} leads on and on"
    assert len(TREE["problems"]) == 8
    assert all("see" not in PLACES[each["at"]] for each in TREE["problems"])


def test_most_losses_are_reached():
    reached = {name for node in ADVICE.values() for name in taken(node)}
    assert len(reached & {*ll.available()}) >= 150
    first = {taken(node)[0] for node in ADVICE.values()}
    assert len(first) >= 75  # not the same few, with the others hung on them


# Problems that people come with ---------------------------------------------------------------


def walk(*answers):
    """The place to which answers lead, each known by some of its words."""
    place, node = "", TREE
    for words in answers:
        found = [a for a in node["answers"] if words.lower() in a["say"].lower()]
        assert len(found) == 1, f"{words!r} fits {len(found)} answers to {node['ask']!r}"
        place = found[0].get("see") or f"{place}/{found[0]['key']}".lstrip("/")
        node = PLACES[place]
    return place


# Number of the problem, answers, the losses advised first to last, and what must not be advised.
WALKS = [
    (1, ("level to act on", "price of each unit"), "asymmetric_absolute_error quantile", "squared_error mape"),
    (1, ("level to act on", "nine cases"), "quantile", "expectile quantile_huber!"),
    (1, ("A count", "Enough", "price of each unit"), "asymmetric_absolute_error quantile", "poisson"),
    (2, ("Yes or no", "Yes, or costs", "Yes is rare"), "binary_cross_entropy", "focal weighted_binary_cross_entropy"),
    (3, ("One of several kinds", "some are wrong", "Several"), "soft_cross_entropy", "softmax_cross_entropy"),
    (3, ("One of several kinds", "some are wrong", "One", "Yes, from a sample"), "forward_correction", "focal_multiclass"),
    (3, ("One of several kinds", "some are wrong", "One", "many classes"), "generalised_cross_entropy", "mean_absolute_error_softmax"),
    (3, ("One of several kinds", "some are wrong", "One", "few classes"), "mean_absolute_error_softmax generalised_cross_entropy", "focal_multiclass"),
    (4, ("A number, positive", "The true course", "here and there"), "huber pseudo_huber", "squared_error"),
    (4, ("A number, positive", "The true course", "whole groups", "not count at all"), "tukey_biweight", "huber squared_error"),
    (5, ("A count", "How likely each", "many zeros"), "negative_binomial_dispersion negative_binomial", "poisson zero_inflated_poisson"),
    (5, ("A count", "How likely each", "from elsewhere"), "zero_inflated_poisson", "poisson"),
    (6, ("ordered scale", "probability of each level"), "cumulative_logit corn", "squared_error quadratic_weighted_kappa"),
    (7, ("How long until", "greater risk"), "cox", "squared_error gamma_deviance"),
    (7, ("How long until", "When it will", "rises all along"), "aft_weibull", "squared_error gamma_deviance"),
    (7, ("How long until", "When it will", "rises at first"), "aft_lognormal", "squared_error gamma_deviance"),
    (7, ("How long until", "How likely it is in each"), "discrete_hazard", "squared_error"),
    (8, ("positive amount", "The average", "There are none"), "gamma_deviance", "squared_log_ratio lognormal_nll huber"),
    (8, ("positive amount", "The average", "Nothing happened"), "tweedie", "squared_log_error lognormal_nll"),
    (8, ("positive amount", "How likely large"), "lognormal_nll", "squared_log_ratio gaussian_nll"),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "answers", "expected", "never"), WALKS)
def test_experts_would_agree(problem, answers, expected, never):
    place = walk(*answers)
    advice = taken(ADVICE[place])
    expected = expected.split()
    assert advice[: len(expected)] == expected
    for name in never.split():
        assert name.rstrip("!") not in advice[: 1 if name.endswith("!") else None]
    start = TREE["problems"][problem - 1]["at"]
    assert f"{place}/".startswith(f"{start}/"), "the short list leads elsewhere"


def test_all_eight_are_walked():
    assert {problem for problem, *_ in WALKS} == set(range(1, 9))


def test_what_is_tempting_is_refused_in_so_many_words():
    assert "squared_error" in refused(ADVICE["level/prices"])
    assert {"focal", "weighted_binary_cross_entropy"} <= {*refused(ADVICE["yes/chance/rare"])}
    assert "zero_inflated_poisson" in refused(ADVICE["count/law/spread"])
    assert "squared_log_ratio" in refused(ADVICE["amount/total/never"])
    judges = [each["loss"] for each in ADVICE["grade/chances"]["judge"]]
    assert "quadratic_weighted_kappa" in judges


# Agreement ------------------------------------------------------------------------------------


def test_it_leads_to_what_the_chapters_choose():
    reached = {name for node in ADVICE.values() for name in taken(node)}
    for path in chapters():
        table = re.search(r"^## Choose$.*?(?=^## )", markdown(path), re.S | re.M)
        chosen = set(re.findall(r"\{loss\}`(\w+)`", table[0])) if table else set()
        assert chosen <= reached, path.stem


# What chapters say must not be taken there.
WARNED = {
    "amount/total": "mape squared_log_error squared_log_ratio absolute_log_ratio lognormal_nll huber absolute_error",
    "count/mean": "squared_log_error squared_error",
    "count/law": "squared_error squared_log_error",
    "yes/chance": "focal weighted_binary_cross_entropy hinge squared_margin generalised_cross_entropy_binary poly1_binary",
    "yes/decide/wrong": "exponential focal squared_hinge perceptron",
    "class/wrong": "focal_multiclass poly1_cross_entropy",
    "class/sure": "focal_multiclass generalised_cross_entropy",
    "class/rare/honest": "logit_adjustment weighted_cross_entropy ldam",
    "grade": "squared_error softmax_cross_entropy",
    "time/when": "exponential_nll gamma_deviance lognormal_nll",
    "time/risk": "exponential_nll gamma_deviance",
    "number/average": "huber absolute_error log_cosh",
    "number/readings/inputs": "huber absolute_error log_cosh pseudo_huber",
    "forecast/ensemble/drawn": "crps_ensemble",
}


@pytest.mark.parametrize("place", WARNED)
def test_what_chapters_warn_of_is_not_taken(place):
    below = [p for p in ADVICE if f"{p}/".startswith(f"{place}/")]
    assert below
    for each in below:
        assert not {*taken(ADVICE[each])} & {*WARNED[place].split()}, each


# A path that says the first (its answers, or the condition of the advice) against an `avoid_when` that
# says the second: the pair is read by a person, and stands in READ with what was found.
CLASHES = {
    "a probability is wanted": (
        r"how likely|probabilit|Yes, or costs",
        r"[Pp]robabilit\w* (are|is|will|of \w+ are)\b|taken for probabilities|read as probabilities",
    ),
    "only decisions": (r"only the decision", r"decision"),
    "labels are wrong": (
        r"(labels|some) are wrong|wrong labels",
        r"[Ll]abels? (are|far|may be)[^:;,.]*(wrong|noisy|mistakes)|[Aa]ny label may be wrong|labels are noisy",
    ),
    "labels are clean": (r"[Cc]lean labels|labels are clean", r"labels are clean"),
    "the mean is wanted": (r"average, because|expected number", r"\b(mean|total) (is|or|what)\b|mean is wanted"),
    "there are zeros": (
        r"none at all|Nothing happened|Now and then|many zeros",
        r"\bzeros?\b|\bbe 0\b|near 0|exactly 0",
    ),
    "second derivatives": (r"second derivatives", r"second deriv|second-order"),
    "many classes": (r"many classes", r"many classes"),
    "classes overlap": (r"could be one or the other", r"overlap|likelier than 1/2"),
    "few rows": (r"rows are too few", r"rows are few|too few rows|[Ff]ew rows"),
    "outliers": (
        r"very far off|absurd|spikes|outliers|grossly wrong|far off",
        r"outliers|gross errors|targets are far off",
    ),
    "mini-batches": (r"mini-batches are small", r"[Mm]ini-batches"),
    "censored": (r"not left yet|still to come", r"[Cc]ensored times"),
    "ties or intervals": (r"share a time", r"wide intervals"),
    "a convex fit": (r"must be convex", r"convex"),
    "training from nothing": (r"New data|starts from nothing", r"starts from nothing"),
    "a rare event": (r"rare", r"[Rr]are"),
}  # fmt: skip
READ = {
    # The far targets are real, and a total needs that each pulls in proportion.
    ("number/average/real", "squared_error", "outliers"): "it is what is wanted",
    # The start is named in the question before; of the pull the answer says that it fades.
    ("number/readings/groups/fading", "cauchy", "outliers"): "the answer asks for less pull, not none",
    ("number/readings/inputs", "cauchy", "outliers"): "its condition asks for less pull, not none",
    ("number/tolerance", "squared_epsilon_insensitive", "outliers"): "its condition excludes them",
    ("amount/total/nothing", "tweedie", "there are zeros"): "zeros of another cause have their own condition",
    ("count/law/spread", "negative_binomial", "there are zeros"): "those who cannot count have their own answer",
    ("count/law/cannot", "zero_inflated_poisson", "there are zeros"): "it says to compare first",
    ("count/law/gate", "hurdle_poisson", "there are zeros"): "the answer says that one question makes all zeros",
    ("yes/chance/wrong/unknown", "binary_cross_entropy", "labels are wrong"): "few are, as its condition says",
    ("yes/judge", "brier", "a rare event"): "its condition excludes rare events",
    ("class/wrong/one/trained", "bootstrapping_soft", "a probability is wanted"): "as a target, not as the answer",
    ("grade/near", "all_threshold_hinge", "a probability is wanted"): "its condition is that none will be",
    ("grade/exact", "immediate_threshold_hinge", "a probability is wanted"): "its condition is that none will be",
    ("picture/mask", "focal", "a probability is wanted"): "its condition is that nobody reads them",
    ("time/risk", "cox_efron", "ties or intervals"): "its reason says what intervals call for",
}  # fmt: skip


def clashes():
    for place, node in ADVICE.items():
        for each in node["take"]:
            said = f"{words_of(place)} {each.get('if', '')}"
            avoid = shelf.find(each["loss"]).avoid_when or ""
            for name, (path, loss) in CLASHES.items():
                if re.search(path, said) and re.search(loss, avoid):
                    yield place, each["loss"], name


def test_no_path_says_what_a_loss_is_to_be_avoided_for():
    assert {*clashes()} == {*READ}


# Numbers --------------------------------------------------------------------------------------


def example(place, *numbers):
    said = ADVICE[place]["example"]
    for number in numbers:
        assert number in said, f"{number} is not what {place} says: {said}"


def test_numbers_of_the_examples():
    scale = 1.4826 * 0.2
    example("number/readings/spikes", f"{scale:.2f} °C", f"{1.345 * scale:.2f} °C")
    loss = ll.get("asymmetric_absolute_error", over=1.0, under=3.0)
    demand = np.arange(1.0, 102.0)
    best = min(demand, key=lambda level: loss.value(demand, np.full(101, level)))
    assert np.mean(demand <= best) == pytest.approx(0.75, abs=0.01)
    example("level/prices", "3 / (3 + 1) = 0.75")
    claims = np.array([1.0, 1.0, 2.0, 16.0])
    example("amount/total/never", "1, 1, 2 and 16", f"the mean {claims.mean():.0f}")
    example("amount/total/never", f"geometric mean {np.exp(np.log(claims).mean()):.1f}")
    days = np.array([1.0, 2.0, 10.0])
    best = min(np.linspace(0.5, 12, 1151), key=lambda c: ll.get("mape").value(days, np.full(3, c)))
    example("amount/percent", "1, 2 and 10", f"under MAPE is {best:.0f}")
    example("yes/chance/rare", f"about {100 / 101:.0f} %")


def test_numbers_of_the_visits():
    visits = ll.datasets.load("randhie").y
    mean, counts, how_many = visits.mean(), *np.unique(visits, return_counts=True)

    def price(theta):
        size = 1 / np.exp(theta[0])
        terms = gammaln(counts + size) - gammaln(size) - gammaln(counts + 1)
        terms += size * np.log(size / (size + mean)) + counts * np.log(mean / (size + mean))
        return -(how_many * terms).sum() / len(visits)

    alpha = np.exp(minimize(price, [0.0], method="Nelder-Mead").x[0])
    zeros = [np.exp(-mean), np.mean(visits == 0), (1 + alpha * mean) ** (-1 / alpha)]
    example("count/law/spread", f"{len(visits):,} person-years", f"{mean:.2f} visits")
    example("count/law/spread", *(f"{100 * share:.1f} %" for share in zeros))


# The page -------------------------------------------------------------------------------------


def article():
    built.need("book")
    page = (ROOT / "_build" / "html" / "choose.html").read_text("utf8")
    assert len(page.encode()) < MOST
    return page.partition("<article")[2].partition("</article>")[0]


def test_the_page_is_a_tree_of_details_that_needs_no_script():
    page = article()
    folds = [place for place, node in PLACES.items() if "see" not in node]
    assert page.count("<details") == page.count("<summary>") == len(folds)
    for place in folds:
        assert f'<div id="{place}">' in page
    for place in ADVICE:
        assert f'<a href="#{place}">Link to this answer</a>' in page
    for node in PLACES.values():
        if "see" in node:
            assert f'<a class="ll-jump" href="#{node["see"]}">' in page
    assert page.count("<script") == 1


def test_the_page_leads_into_chapters_and_catalogue():
    page = article()
    for node in ADVICE.values():
        for name in taken(node):
            assert f'href="catalogue/losses/{name}.html"' in page
        if "read" in node:
            name, _, anchor = node["read"]["at"].partition("#")
            assert f'href="{name}.html#{anchor}"' in page


def test_a_flat_list_holds_all_paths_for_paper():
    said = " ".join(node.astext() for node in chooser.listed(TREE))
    for place, node in ADVICE.items():
        assert node["say"] in said
        assert all(name in said for name in taken(node)), place


def test_the_page_is_in_the_table_of_contents():
    assert "choose" in {path.stem for path in pages()}
    text = markdown(BOOK / "choose.md")
    assert "{chooser}" in text and "{problems}" in text
