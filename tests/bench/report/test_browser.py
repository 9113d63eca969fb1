"""The report as a reader meets it: in a real browser, from disk, with the network off."""

from __future__ import annotations

import csv
import io
import itertools
import math

import pytest
from playwright.sync_api import expect

from bench.report.page import write_report
from bench.text.units import format_duration, format_ratio
from tests.bench.report import browser, made_up

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        browser.path() is None, reason="no Chromium here: apt-get install chromium, or name one in GRADMARK_BROWSER"
    ),
]

DRAWN = ("time", "accuracy", "first", "payoff", "over", "exponents")  # the plots for which the runs have data
expect.set_options(timeout=60_000)


@pytest.fixture(scope="module")
def chromium():
    with browser.started() as found:
        yield found


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    other = made_up.run("slower", found=made_up.rows(1.5), steps=[made_up.curve(), made_up.curve("numpy_fd/forward")])
    elsewhere = made_up.run("elsewhere", environment={**made_up.FACTS, "cpu": "Another CPU"})
    return write_report([made_up.run(), other, elsewhere], tmp_path_factory.mktemp("report") / "report.html")


@pytest.fixture
def open_page(chromium, file):
    """Opens the report at an address; fails the test where any such page has had trouble."""
    contexts, troubled = [], []

    def opener(address="", **context):
        contexts.append(browser.opened(chromium, file, address, **{"color_scheme": "light", **context}))
        page, troubles = contexts[-1].__enter__()
        troubled.extend([troubles])
        return page

    yield opener
    for context in contexts:
        context.__exit__(None, None, None)
    assert list(itertools.chain(*troubled)) == []


@pytest.fixture(scope="module")
def shared(chromium, file):
    with browser.opened(chromium, file, color_scheme="light") as found:
        yield found


@pytest.fixture
def page(shared):
    """One page for all tests that leave it as it was but for its address; fails the test in which it has had trouble."""
    page, troubles = shared
    if page.locator("#detail").is_visible():
        page.keyboard.press("Escape")
        expect(page.locator("#detail")).to_be_hidden()
    page.evaluate("location.hash = '#run=0'")
    expect(page.locator("#shown")).to_contain_text("49 of")
    yield page
    assert troubles == []


def rows_of(page, host="#measurements-body"):
    return page.locator(f"{host} tbody tr")


def column(page, name, host="#measurements-body"):
    heads = page.locator(f"{host} thead th").all_inner_texts()
    return [row.split("\t")[heads.index(name)].strip() for row in rows_of(page, host).all_inner_texts()]


def tick(page, dimension, value):
    page.locator(f'[data-filter="{dimension}"] summary').click()
    page.locator(f'[data-filter="{dimension}"] input[value="{value}"]').check()
    page.keyboard.press("Escape")


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (400, "dark")])
def test_it_fits_its_width_with_every_plot_drawn(open_page, width, theme):
    page = open_page(viewport={"width": width, "height": 900}, color_scheme=theme)
    for name in DRAWN:
        page.locator(f"#plot-{name}").scroll_into_view_if_needed()
        page.locator(f"#plot-{name} .main-svg").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.documentElement.dataset.theme") == theme
    for chart in page.locator(".chart:visible").all():
        assert chart.evaluate("e => e.querySelector('.main-svg').clientWidth <= e.clientWidth + 1")


def test_features_without_data_say_so_and_draw_nothing(page):
    for name, sentence in (("steps", "gradmark steps"), ("threads", "one thread count")):
        figure = page.locator(f"#plot-{name}")
        figure.scroll_into_view_if_needed()
        figure.get_by_text(sentence).wait_for()
        assert not figure.locator(".chart").is_visible()
        assert not figure.locator(".svg").is_visible()


def test_filters_narrow_everything_and_survive_in_the_address(page, open_page):
    assert "49 of 49 cells" in page.locator("#shown").inner_text()
    tick(page, "operation", "gradient")
    tick(page, "status", "ok")
    page.locator("table.matrix td button").first.click()
    title = page.locator("#detail-heading").inner_text()
    assert set(column(page, "operation")) == {"gradient"}
    assert "24 of 49 cells" in page.locator("#shown").inner_text()
    again = open_page("#" + page.url.partition("#")[2])
    assert again.locator("#detail-heading").inner_text() == title  # an open cell is part of the address, too
    again.keyboard.press("Escape")
    assert "24 of 49 cells" in again.locator("#shown").inner_text()
    assert set(column(again, "operation")) == {"gradient"}
    again.locator("#clear").click()
    assert "49 of 49 cells" in again.locator("#shown").inner_text()


def test_an_edited_address_takes_effect_and_unknown_values_do_no_harm(open_page):
    page = open_page("#method=jax_grad%2Fjit&problem=nothing&run=99&plot-time=x&sort-measurements=y.z&cell=q")
    assert "0 of 49 cells" in page.locator("#shown").inner_text()
    page.evaluate("location.hash = '#method=jax_grad%2Fjit'")
    page.get_by_text("12 of 49 cells").wait_for()


def test_a_table_is_sorted_by_its_headings(page):
    head = page.locator('#measurements-body th[data-name="median_s"]')
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    ascending = column(page, "method")
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    descending = column(page, "method")
    assert ascending[:1] == ["numpy_hand/plain"]
    assert descending[:1] == ["torch_autograd/eager"]
    assert ascending[-1] == descending[-1] == "tf_tape/eager"  # what is not known is last either way
    assert "sort-measurements" in page.url


def test_a_cell_opens_its_details_and_closes_again(page):
    page.locator("table.matrix button[aria-label*='jax_grad/jit']").nth(-1).click()
    text = page.locator("#detail").inner_text()
    for expected in (
        "6 processes",
        "First call",
        "Relative error",
        "Error that input rounding may cause",
        "decides",
        "# its sibling",
        "# the source with",
    ):
        assert expected in text
    assert made_up.HOSTILE in text  # as text
    page.keyboard.press("Escape")
    assert not page.locator("#detail").is_visible()
    assert "cell=" not in page.url


def test_the_matrix_is_walked_with_the_keyboard(page):
    first = page.locator("table.matrix td button").first
    first.focus()
    assert page.locator("table.matrix td button[tabindex='0']").count() == 1
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    label = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert "n1e5_d10 value, torch_autograd/eager" in label  # the second row: n1e4_d10 is not in the registry
    page.keyboard.press("Enter")
    assert page.locator("#detail").is_visible()


def test_the_theme_follows_the_system_is_toggled_and_kept(open_page):
    page = open_page()
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.emulate_media(color_scheme="light")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator("#theme").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != background
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_the_table_comes_as_csv(page):
    tick(page, "operation", "value")
    with page.expect_download() as download:
        page.locator("#csv").click()
    with open(download.value.path(), newline="", encoding="utf-8") as text:
        rows = list(csv.DictReader(io.StringIO(text.read())))
    assert len(rows) == 3 * 49  # of all runs, filtered or not
    expected = made_up.run().cells
    assert [row["method"] for row in rows[:49]] == [cell["method"] for cell in expected]
    for row, cell in zip(rows[:49], expected, strict=True):
        assert float(row["median_s"] or "nan") == pytest.approx(cell["median_s"], rel=1e-6, nan_ok=True)
    assert any(made_up.HOSTILE in row["reason"] for row in rows)


def test_every_plot_comes_as_svg(page):
    for figure in page.locator("figure").all():
        figure.scroll_into_view_if_needed()
        if figure.locator(".svg").is_visible():
            with page.expect_download() as download:
                figure.locator(".svg").click()
            text = download.value.path().read_text()
            assert text.startswith("<svg")
            assert "jax_grad/jit" in text


def test_a_legend_hides_a_line_and_hovering_tells_numbers(page):
    chart = page.locator("#plot-time .chart")
    chart.scroll_into_view_if_needed()
    lines = chart.locator(".scatterlayer .trace")
    lines.first.wait_for()
    before = lines.count()
    chart.locator(".legendtoggle").first.click()
    expect(lines).to_have_count(before - 1)
    # A point that the first line does not cover.
    box = chart.locator(".scatterlayer .trace .points path").last.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    chart.locator(".hoverlayer .hovertext").first.wait_for()
    assert "6 processes" in chart.locator(".hoverlayer").text_content()


def test_runs_are_compared_with_the_verdicts_of_compare(page):
    text = page.locator("#comparison").inner_text()
    assert "slower against made up" in text
    assert "elsewhere is the only run from its machine" in text
    assert set(column(page, "verdict", "[data-comparison='0']")) == {"slower"}


def test_another_run_is_shown(page):
    page.locator("#run").select_option("1")
    assert "of slower" in page.locator("#shown").inner_text()
    page.locator("#plot-steps").scroll_into_view_if_needed()  # this one has a sweep over steps
    page.locator("#plot-steps .main-svg").first.wait_for()
    assert "numpy_fd/forward" in page.locator("#plot-steps .chart").text_content()
    assert "run=1" in page.url


def test_headings_and_labels_are_there_for_a_screen_reader(page):
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert all(next_ <= level + 1 for level, next_ in itertools.pairwise(levels))
    unnamed = page.evaluate(
        """[...document.querySelectorAll('button, input, select, a, [role=region], dialog')].filter(e =>
           !(e.innerText || '').trim() && !e.getAttribute('aria-label') && !e.getAttribute('aria-labelledby')
           && !(e.labels && e.labels.length) && !e.closest('.modebar') && e.tagName !== 'DIALOG' && e.offsetParent)
           .map(e => e.outerHTML.slice(0, 80))"""
    )
    assert unnamed == []


CONTRAST = """
(() => {
  const channels = (text) => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const part = (v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
  const light = (rgb) => 0.2126 * part(rgb[0]) + 0.7152 * part(rgb[1]) + 0.0722 * part(rgb[2]);
  const behind = (e) => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
    if (!/, 0\\)|transparent/.test(c)) return c; } return 'rgb(255, 255, 255)'; };
  const found = [];
  for (const e of document.querySelectorAll('p, li, td, th, button, summary, a, h2, h3, small, dt, label, .hint')) {
    if (!e.offsetParent || e.closest('.chart') || !e.innerText.trim() || e.disabled) continue;
    const [a, b] = [light(channels(getComputedStyle(e).color)), light(channels(behind(e)))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) found.push([e.outerHTML.slice(0, 90), (a + 0.05) / (b + 0.05)]);
  }
  return found;
})()
"""


def test_text_has_contrast_in_both_themes_and_this_test_can_fail(page):
    assert page.evaluate(CONTRAST) == []
    page.locator("#theme").click()
    assert page.evaluate(CONTRAST) == []
    page.evaluate("document.documentElement.style.setProperty('--text', '#777')")
    assert page.evaluate(CONTRAST) != []
    page.evaluate("document.documentElement.style.removeProperty('--text')")
    page.locator("#theme").click()


def test_a_print_shows_content_and_no_controls(page):
    page.emulate_media(media="print")
    shown = {
        name: page.locator(name).is_visible() for name in ("table.matrix", "#filters", "#theme", "#csv", "header nav")
    }
    page.emulate_media(media="screen")
    assert [name for name, visible in shown.items() if visible] == ["table.matrix"]


def test_a_print_fits_its_page_and_hints_are_no_larger_than_what_they_are_about(page):
    before = page.viewport_size
    page.set_viewport_size({"width": 720, "height": 1000})
    page.emulate_media(media="print")
    matrix = page.locator("table.matrix").evaluate("e => e.getBoundingClientRect().right")
    whole = page.evaluate("document.documentElement.scrollWidth")
    sizes = page.locator("#summary td:has(.hint)").evaluate_all(
        "all => all.map(e => [e, e.querySelector('.hint')].map(each => parseFloat(getComputedStyle(each).fontSize)))"
    )
    page.emulate_media(media="screen")
    page.set_viewport_size(before)
    assert matrix <= 720
    assert whole <= 720
    assert sizes
    assert all(hint <= around for around, hint in sizes)


def test_what_is_tied_with_the_fastest_is_marked(chromium, tmp_path):
    rows = [
        made_up.row("p", "i", "gradient", method, seconds)
        for method, seconds in (("numpy_hand/plain", 1.234), ("jax_grad/jit", 1.244), ("torch_autograd/eager", 2.345))
    ]
    with browser.opened(chromium, write_report([made_up.run(found=rows)], tmp_path / "one.html")) as (page, troubles):
        cells = page.locator("table.matrix td button").all_inner_texts()
    assert [text.split("\n") for text in cells] == [["1.2 s", "1×"], ["2.3 s", "1.9×"], ["1.2 s", "≈ 1.0×"]]
    assert troubles == []


def test_numbers_read_like_those_of_the_tables(page):
    """The page's own formatting, by what it shows, beside bench.units."""
    shown = column(page, "first call")
    assert set(shown) == {format_duration(1e-2), ""}
    medians = dict(zip(column(page, "ratio to fastest"), column(page, "method"), strict=True))
    ratios = {format_ratio(cell["slower"]) for cell in made_up.run().cells if not math.isnan(cell["slower"])}
    assert set(medians) - {""} == ratios


def test_troubles_are_noticed(chromium, tmp_path):
    """Each of the three, by a page that makes it."""
    bad = tmp_path / "bad.html"
    bad.write_text("<script>console.error('said'); fetch('http://localhost:9/'); null.x</script>")
    with browser.opened(chromium, bad) as (page, troubles):
        page.wait_for_timeout(200)
    kinds = {trouble.partition(":")[0] for trouble in troubles}
    assert kinds == {"console", "error", "request"}


def test_no_script_of_a_run_can_run_even_as_markup(chromium, file, tmp_path):
    """The policy stops a script that the escaping had missed."""
    broken = tmp_path / "broken.html"
    text = file.read_text()
    broken.write_text(text.replace("<main>", "<main><script>window.ran = true</script>", 1))
    assert broken.read_text() != text
    with browser.opened(chromium, broken) as (page, troubles):
        assert page.evaluate("window.ran") is None
    assert any("Content Security Policy" in trouble for trouble in troubles)
