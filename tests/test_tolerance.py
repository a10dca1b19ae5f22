"""What agrees with a stored text within a tolerance, and what does not."""

from decimal import Decimal

import pytest
from small_notebooks import COURSE, code

from tools import tolerance
from tools.lessons import code_cells, read
from tools.tolerance import ToleranceError, differences, final_bars, without_times

NOTEBOOKS = sorted((COURSE / "notebooks").glob("*.ipynb"))
SAID = "classic: 1,111,946 parameters, 99.2 %, loss 2.3e-05, gain -0.250\n"
GREEN, GREY, BOLD, END = "\x1b[32m", "\x1b[37m", "\x1b[1m", "\x1b[0m"


def bar(
    done=94, total=94, time="1s", speed="2ms", metrics=" - accuracy: 0.8176 - loss: 0.7151"
):
    """A bar as Keras writes it to Jupyter."""
    full = 20 * done // total
    return (
        f"{BOLD}{done:2d}/{total}{END} {GREEN}{'━' * full}{END}{GREY}{'━' * (20 - full)}{END} "
        f"{BOLD}{time}{END} {speed}/step{metrics}"
    )


def agrees(new, stored=SAID, percent="0.5", kind="text/plain"):
    return not differences(new, stored, percent and Decimal(percent), kind)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("99.2", "99.1"),
        ("99.2", "99.6"),
        ("99.2", "98.704"),  # 0.5 % exactly
        ("2.3e-05", "2.31e-05"),
        ("2.3e-05", "0.000023"),
        ("-0.250", "-0.251"),
    ],
)
def test_close_numbers_agree(old, new):
    assert old in SAID
    assert agrees(SAID.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("99.2", "98.6", "99.2, 0.605 % apart, but 0.5 % are allowed"),
        ("99.2", "nan", "Other words"),
        ("99.2", "inf", "Other words"),
        ("99.2", "99", "whole numbers"),
        ("99.2", "-99.2", "200 % apart"),
        ("-0.250", "0.250", "200 % apart"),
        ("2.3e-05", "2.3e-04", "900 % apart"),
        ("2.3e-05", "2.4e-05", "4.35 % apart"),  # no unit of the last digit here
        ("1,111,946", "1,111,947", "whole numbers must be the same"),
        ("1,111,946", "1,111,946.0", "whole numbers must be the same"),
        ("classic", "small", "Other words: 'small: 1,111"),
        ("99.2 %, ", "", "Other words"),
        ("99.2 %", "99.2 points", "Other words"),
        ("99.2 %", "99.2  %", "Other words"),
        ("-0.250\n", "-0.250\n7\n", "Other words"),
        ("-0.250\n", "-0.250 1.5", "Other words"),
        (", gain -0.250\n", "", "Other words"),
    ],
)
def test_what_differs_is_told(old, new, reason):
    assert old in SAID
    (told,) = differences(SAID.replace(old, new), SAID, Decimal("0.5"))
    assert reason in told


def test_every_number_too_far_is_told():
    wrong = differences("a 1.50\nb 3.50 c 0.30", "a 1.00\nb 3.00 c 0.30", Decimal(2))
    assert wrong == [
        "a 1.50: stored is 1.00, 50 % apart, but 2 % are allowed.",
        "b 3.50: stored is 3.00, 16.7 % apart, but 2 % are allowed.",
    ]


@pytest.mark.parametrize(
    ("new", "stored", "same"),
    [
        ("0.001", "0.000", True),  # one unit of the last digit
        ("-0.001", "0.000", True),
        ("-0.000", "0.000", True),
        ("0.002", "0.000", False),
        ("1e-09", "0.0", True),
        ("1e-09", "0e-03", False),
        ("1.0 2.0", "2.0 1.0", False),  # another order
        ("nan inf -inf", "nan inf -inf", True),
        ("nan", "inf", False),
        ("inf", "-inf", False),
        ("0.5", "nan", False),
        ("5.", "6.", False),  # a whole number that ends a sentence
        ("It is 0.501.", "It is 0.500.", True),
        ("dense_1 0.5", "dense_2 0.5", False),
        ("conv2d 0.5", "conv3d 0.5", False),
        ("2.21.0", "2.22.0", False),
        ("1.20x", "1.21x", False),
        ("(3, 0.501)", "(3, 0.500)", True),
        ("(4, 0.500)", "(3, 0.500)", False),
        ("0.501-0.700", "0.500-0.700", True),
        ("[0.501,128]", "[0.500,128]", True),
        ("1,000.4", "1,001.0", True),
        ("0xf3 0.5", "0xf4 0.5", False),
    ],
)
def test_numbers_and_words(new, stored, same):
    assert agrees(new, stored) is same


def test_without_a_tolerance_texts_are_the_same():
    assert agrees(SAID, percent=None)
    assert not agrees(SAID.replace("99.2", "99.1"), percent=None)


def test_tags_of_html_are_words():
    html = '<p style="width: 0.500em" data-x="0.500">loss <b>0.500</b>, 1</p>'
    assert agrees(html.replace("<b>0.500", "<b>0.501"), html, kind="text/html")
    for wrong in ('"0.501"', "width: 0.501em", "<b>0.600", ", 2</p>", "</i>"):
        old = {"</i>": "</b>", ", 2</p>": ", 1</p>", "<b>0.600": "<b>0.500"}
        changed = html.replace(old.get(wrong, wrong.replace("501", "500")), wrong)
        assert changed != html
        assert not agrees(changed, html, kind="text/html")


@pytest.mark.parametrize("percent", [None, "0.5"])
def test_times_of_bars_do_not_count(percent):
    stored = f"Epoch 1/2\n{bar()}\n{bar(metrics='')}\n"
    other = f"Epoch 1/2\n{bar(time='12:05', speed='873us')}   \n{bar(time='0s', metrics='')}\n"
    assert agrees(other, stored, percent)
    line = "188/188 - 0s - 873us/step - accuracy: 0.9375 - val_loss: 9.2242e-04\n"
    assert agrees(line.replace("0s - 873us", "75s - 1s"), line, percent)
    assert agrees("5/5 - 1s - 2ms/step\n", "5/5 - 0s - 1s/step\n", percent)


def test_metrics_of_bars_count():
    (told,) = differences(bar().replace("0.7151", "0.9000"), bar(), Decimal(2))
    assert "accuracy: 0.8176 - loss: 0.9000: stored is 0.7151, 25.9 % apart" in told
    assert "\x1b" not in told and "[0m" not in told
    other = bar().replace("0.7151", "0.7152")
    assert not agrees(other, bar(), None)
    assert agrees(other, bar(), "0.5")
    for old, new in [("0.7151", "0.7251"), ("0.7151", "nan"), ("loss", "mae"), ("94/", "93/")]:
        assert not agrees(bar().replace(old, new), bar())


@pytest.mark.parametrize("text", ["1s 2ms/step", "94/94 done 1s 2ms/step", "94/94 - 0s - 2ms"])
def test_times_elsewhere_count(text):
    assert without_times(text) == text


def test_only_the_final_state_of_a_bar_is_left():
    back = "\b" * 60 + "\r"
    first, later = "\r" + bar(1), back + bar(87, time="0s")
    last = back + bar()
    for message in ("", "\n\nEpoch 1: saved\n", "said after epoch 0\n", "\0"):
        text = f"Epoch 1/2\n{first}{later}{message}{last}\nEpoch 2/2\n{first}{last}\n"
        assert final_bars(text) == f"Epoch 1/2\n{message}{bar()}\nEpoch 2/2\n{bar()}\n"
    unknown = f"\r      7/Unknown {BOLD}0s{END} 10ms/step - loss: 0.2561 "
    assert final_bars(unknown + last) == bar()


def test_finished_bars_stay():
    evaluated = bar(10, 10)
    back = "\b" * 60 + "\r"
    text = f"\r{bar(90)}\r{evaluated}\n{back}{bar()}\n"
    assert evaluated in final_bars(text)
    two = f"{evaluated}\n{evaluated}\n"
    assert final_bars(two) == two
    assert final_bars("10 %\b\b\b\b\r20 %") == "10 %\b\b\b\b\r20 %"


@pytest.mark.parametrize(
    ("tags", "percent"),
    [
        ([], None),
        (["exercise"], None),
        (["within-2%"], 2),
        (["exercise", "within-0.5%"], Decimal("0.5")),
        (["within-10%"], 10),
    ],
)
def test_tags(tags, percent):
    assert tolerance.tolerance(code("x", tags=tags), "lesson", wide={}) == percent


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        (["within-2"], "must look like 'within-2%'"),
        (["within-%"], "must look like"),
        (["within 2%"], "must look like"),
        (["within-0%"], "must look like"),
        (["within--2%"], "must look like"),
        (["within-2%", "within-3%"], "one tolerance at most"),
        (["within-2%", "nbval-ignore-output"], "contradict"),
        (["within-10.5%"], "needs a reason in WIDE"),
    ],
)
def test_wrong_tags_are_refused(tags, reason):
    with pytest.raises(ToleranceError, match=reason):
        tolerance.tolerance(code("x = 1\ny", tags=tags), "lesson", wide={})


def test_wide_tolerance_with_a_reason():
    cell = code("x = 1\ny", tags=["within-15%"])
    wide = {("lesson", "x = 1"): "Few photos."}
    assert tolerance.tolerance(cell, "lesson", wide) == 15
    with pytest.raises(ToleranceError, match="needs a reason"):
        tolerance.tolerance(cell, "other", wide)


def test_tolerances_of_the_lessons():
    wide = set()
    for path in NOTEBOOKS:
        for cell in code_cells(read(path).cells):
            percent = tolerance.tolerance(cell, path.stem)
            if percent and percent > tolerance.WIDEST:
                wide.add(tolerance.key(cell, path.stem))
    assert wide == set(tolerance.WIDE), "a reason in WIDE belongs to no cell"


def test_long_streams_are_read_quickly():
    drawn = "".join("\b" * 90 + "\r" + bar(step % 90) for step in range(3000))
    assert final_bars("\r" + bar(1) + drawn + "x" * 10_000).endswith(bar(29) + "x" * 10_000)
