"""Measures of the quality report against plain loops."""

from pathlib import Path

import numpy as np
import pytest

from drawn import random_features
from looksee_training.calibrate import (
    BY_CHANCE, FALSE_ALARM, LEAST_APART, MOST_ADDED, OF_BOX, POINTS, POINTS_DEPTH, SURE, Likeness, as_searched, expected_calibration_error, first_hits, fit_presence, fit_score,
    fit_to_answers, interval, one_an_item, presence_of, promises, read_points, score_of, with_points, without_own,
)  # fmt: skip
from looksee_training.quality.figures import error_by_chance, paired
from looksee_training.quality.measures import DEEP, answers_of, as_int8, best_constant_box, compared, leads_of, nearest, overlap, resampled, shares
from looksee_training.quality.words import GAIN, NO_GAIN, NOT_WORSE, holds


def test_nearest_is_a_full_sort_with_ties_by_column():
    keys = np.random.default_rng(7).integers(0, 5, (20, 40)).astype(np.float32)
    for k in (1, 7, 40):
        plain = [sorted(range(40), key=lambda c: (row[c], c))[:k] for row in keys]
        assert nearest(keys, k).tolist() == plain


def test_places_count_items_and_a_tie_goes_to_the_lower_id():
    catalog = random_features(30, 1)
    catalog[4] = catalog[9]  # the same picture under two ids: the query's own is the later one
    items = [f"i{n // 2}" for n in range(30)]  # two pictures an item
    queries = catalog[[9, 20]]
    found = answers_of(queries, ["i4", "i10"], catalog, items)
    for order in ("floats", "codes", "served"):
        assert found.places[order].tolist() == [1, 0], order
    assert found.first[0, :2].tolist() == [4, 9]
    absent = answers_of(queries, ["nobody", "i10"], catalog, items)
    assert absent.places["served"].tolist() == [DEEP, 0] and absent.hits(20)[0] == 0


def test_linear_recall_of_codes_is_the_share_of_common_neighbours():
    catalog, queries = random_features(200, 2), random_features(8, 3)
    found = answers_of(queries, ["0"] * 8, catalog, [str(n) for n in range(200)])
    floats, bits = queries @ catalog.T, np.sign(queries) @ np.sign(catalog).T
    for k in (1, 10, 60):
        plain = [
            len(set(np.argsort(-floats[i], kind="stable")[:k]) & set(np.argsort(-bits[i], kind="stable")[:k])) / k
            for i in range(8)
        ]
        assert found.agreement["codes"][k] == pytest.approx(plain)
    assert found.agreement["served"][10].mean() > 0.95 > found.agreement["codes"][10].mean()


def test_thresholds_of_the_card_move_the_codes():
    catalog = random_features(50, 4)
    shifted = answers_of(catalog, ["0"] * 50, catalog, [str(n) for n in range(50)], thresholds=[1.0] * 512)
    assert shifted.places["codes"].tolist() == [0] * 50, "no bit is set, so ascending ids decide"
    rows = np.arange(50)
    assert (nearest(-(catalog @ as_int8(catalog).T), 1)[:, 0] == rows).all()


def test_draws_take_clusters_whole_and_agree_with_the_loop_of_calibrate():
    random = np.random.default_rng(5)
    clusters = random.integers(0, 12, 300).astype(str)
    hits = (random.random(300) < 0.2 + 0.05 * clusters.astype(int)).astype(float)
    mine, theirs = shares(hits, clusters)[0]["interval"], interval(hits, clusters=clusters)
    assert mine == pytest.approx(theirs, abs=0.01)
    single = shares(hits, np.arange(300))[0]["interval"]
    assert single[1] - single[0] < mine[1] - mine[0], "photos of one product are no independent draws"


def test_the_score_is_the_runtimes():
    curve = {"slope": 6, "intercept": -5, "lead": {"most": 3, "within": 0.05}, "share": {"most": 2, "within": 0.5}}  # of test/ranking/order.test.ts
    for leads, logit in (((0, 0), 0.4), ((0.05, 0), 0.4 + 3 * np.tanh(1)), ((0, 0.5), 0.4 + 2 * np.tanh(1)), ((10, 100), 5.4), ((-10, -100), -4.6)):
        assert score_of(curve, 0.9, *leads) == pytest.approx(1 / (1 + np.exp(-logit)))
    assert score_of({"slope": 20, "intercept": -10}, 0.6, 0.1, 0.5) == pytest.approx(1 / (1 + np.exp(-2)))
    assert f"const LEAST_APART = {LEAST_APART:.0e};".replace("e-03", "e-3") in (Path(__file__).parents[2] / "src/ranking/score.ts").read_text()


def test_the_second_look_is_the_runtimes():
    search = Path(__file__).parents[2] / "src/search"
    assert f"const SURE = {SURE};" in (search / "searcher.ts").read_text()
    subject = (search / "subject.ts").read_text()
    assert f"const WEIGHT_OF_BOX = {OF_BOX};" in subject and "const ROOM_OF_BOX = 1.15;" in subject


def test_points_add_what_the_runtime_has_them_add(tmp_path):
    likeness = (Path(__file__).parents[2] / "src/ranking/likeness.ts").read_text()
    for name, value in (("POINTS_DEPTH", POINTS_DEPTH), ("BY_CHANCE", BY_CHANCE), ("MOST_ADDED", MOST_ADDED), ("POINTS", POINTS)):
        assert f"const {name} = {value};" in likeness
    np.array([[0, 44, 4], [400, 0, 0]], np.uint16).tofile(tmp_path / "points.u16")
    points = read_points(tmp_path, ["c", "a", "b"])  # items stand in the order of `ranks`
    assert points.tolist() == [[44, 4, 0], [0, 0, 400]]
    cosines = np.array([[0.5, 0.4, 0.3], [0.1, 0.2, 0.05]])
    added = 0.2 * np.tanh(1)
    assert with_points(cosines, points).ravel() == pytest.approx([0.5 + added, 0.4, 0.3, 0.1, 0.2, 0.25], abs=1e-6)
    many = np.tile(np.linspace(0.9, 0.1, 12), (1, 1))
    assert with_points(many, np.full((1, 12), 44))[0, 9:] == pytest.approx([many[0, 9] + added, *many[0, 10:]])  # the first ten alone


def test_what_a_search_is_not_sure_of_it_answers_by_the_second_look():
    curve = {"slope": 10, "intercept": -5, "lead": {"most": 1, "within": 0.1}}
    once, twice = np.array([[0.9, 0.2], [0.5, 0.4]]), np.array([[0.1, 0.3], [0.2, 0.8]])
    answers = as_searched(Likeness(once, np.eye(2)), twice, curve)
    assert answers.best.tolist() == [[0.9, 0.2], [0.2, 0.8]] and answers.pictures is not None


def test_a_score_fitted_to_answers_is_right_of_them_and_not_of_first_looks():
    """A second look finds half of what the first misses: a score of first looks would promise too little of it."""
    random = np.random.default_rng(4)
    rival = random.uniform(0.3, 0.9, 4000)
    first = np.stack([rival + random.normal(0, 0.15, 4000), rival], 1)
    second = first + np.where(random.random(4000) < 0.5, 0.2, 0.0)[:, None] * [1, 0]
    own, once = {"shop": np.zeros(4000, int)}, Likeness(first, np.eye(2))
    fitted, answers = fit_to_answers({"shop": once}, {"shop": second}, own)
    plain, _ = fit_to_answers({"shop": once}, {}, own)
    error = {}
    for name, curve in (("fitted", fitted), ("plain", plain)):
        *leads, right = first_hits(as_searched(once, second, curve), own["shop"])
        error[name] = expected_calibration_error(score_of(curve, *leads), right)
    assert error["fitted"] < 0.06 and error["plain"] > 0.1, error
    assert (answers["shop"].best == as_searched(once, second, fitted).best).all()


def test_a_fitted_score_is_right_where_likeness_alone_is_not():
    """Two shops alike in cosines: in one a rival is near and half of the first hits are right, in the other nearly all are."""
    random = np.random.default_rng(3)
    cosine, near = random.uniform(0.7, 0.95, 4000), random.random(4000) < 0.5
    lead = np.where(near, random.uniform(0, 0.005, 4000), random.uniform(0.1, 0.3, 4000))
    right = (random.random(4000) < np.where(near, 0.5, 0.95)).astype(float)
    fitted = fit_score(cosine, lead, lead, right, np.ones(4000))  # pictures that lie 1 apart
    p = score_of(fitted, cosine, lead, lead)
    assert expected_calibration_error(p, right) < 0.03
    assert p[near].mean() == pytest.approx(0.5, abs=0.04) and p[~near].mean() == pytest.approx(0.95, abs=0.03)
    assert score_of(fitted, 0.9, -0.1, -0.1) < 0.1 < 0.4 < score_of(fitted, 0.9)


def test_first_hits_and_their_lead_over_another_item():
    pictures = np.array([[1, 0], [0, 1], [0.6, 0.8]])
    cosine, lead, share, right = first_hits(Likeness(np.array([[0.9, 0.7, 0.8], [0.2, 0.5, 0.5]]), pictures), np.array([0, 0]))
    assert cosine.tolist() == [0.9, 0.5] and lead.tolist() == pytest.approx([0.1, 0]) and right.tolist() == [1, 0]
    assert share.tolist() == pytest.approx([0.1 / 0.4, 0])
    cosines, rows, items = np.array([[0.9, 0.8, 0.6]] * 2), np.array([[0, 1, 2]] * 2), np.array([[1, 1, 2], [3, 3, 3]])
    lead, share = leads_of(cosines, rows, items, pictures)
    assert lead.tolist() == pytest.approx([0.3, 0]) and share.tolist() == pytest.approx([0.3 / 0.4, 0])
    same = Likeness(np.array([[0.9, 0.9, 0.5]]), pictures[[0, 0, 1]])
    assert [by.tolist() for by in same.leads()] == [[0.9], [0], [0]]


def test_a_share_is_learnt_where_the_same_lead_is_much_among_near_variants_and_little_elsewhere():
    random = np.random.default_rng(6)
    apart = np.where(random.random(4000) < 0.5, 0.04, 0.8)
    lead = random.uniform(0, 0.04, 4000)
    right = (random.random(4000) < np.where(lead / apart > 0.5, 0.95, 0.6)).astype(float)
    fitted = fit_score(np.full(4000, 0.8), lead, lead / apart, right, np.ones(4000))
    near, far = score_of(fitted, 0.8, 0.035, 0.035 / 0.04), score_of(fitted, 0.8, 0.035, 0.035 / 0.8)
    assert near > 0.85 and far < 0.75


def test_a_score_is_fitted_to_catalogues_of_one_picture_an_item():
    assert one_an_item(np.array([[1], [2], [3]]), ["b", "c", "a"]).tolist() == [[3], [1], [2]]
    with pytest.raises(ValueError, match="PICTURES"):
        one_an_item(np.eye(2), ["a", "a"])


def test_nearest_is_the_cosine_of_the_first_with_the_one_of_the_next_that_is_likest_to_it():
    pictures = np.array([[1, 0, 0], [0, 1, 0], [0.6, 0, 0.8]])  # the photo is liker to the second than to the third
    found = Likeness(np.array([[0.9, 0.5, 0.3], [0.1, 0.8, 0.2]]), pictures)
    assert found.nearest().tolist() == pytest.approx([0.6, 0])
    gone = found._replace(best=without_own(found.best, np.array([0, 1])))
    assert gone.best.tolist() == [[-1, 0.5, 0.3], [0.1, -1, 0.2]] and found.best[0, 0] == 0.9
    assert [by.tolist() for by in gone.presence()] == [[0.5, 0.2], [0, pytest.approx(0.6)]]


def test_presence_asks_more_where_products_lie_close_together_and_its_limit_alarms_few_of_any_shop():
    random = np.random.default_rng(3)

    def shop(families, spread, noise):
        """200 items, and a photo of each."""
        pictures = np.repeat(random.normal(size=(families, 64)), 200 // families, 0) + spread * random.normal(size=(200, 64))
        pictures /= np.linalg.norm(pictures, axis=1, keepdims=True)
        photos = pictures + noise * random.normal(size=pictures.shape)
        return Likeness(photos / np.linalg.norm(photos, axis=1, keepdims=True) @ pictures.T, pictures)

    own = np.arange(200)
    answers = {"sparse": shop(200, 0, 0.12), "dense": shop(20, 0.9, 0.05)}
    gone = {kind: found._replace(best=without_own(found.best, own)) for kind, found in answers.items()}
    presence, limit = fit_presence(answers, gone)
    assert presence["slope"] > 0 > presence["nearest"]
    for kind in answers:
        there, left = (presence_of(presence, *asked[kind].presence()) for asked in (answers, gone))
        assert (there < limit).mean() <= FALSE_ALARM < 0.5 < (left < limit).mean(), kind
    tops = {kind: found.best.max(1) for kind, found in answers.items()}
    by_cosine = min(np.quantile(top, FALSE_ALARM) for top in tops.values())
    caught = (gone["dense"].best.max(1) < by_cosine).mean()
    assert caught < (presence_of(presence, *gone["dense"].presence()) < limit).mean(), "one limit for cosines tells less"


def test_promises_of_first_and_second_hits_are_the_scores_of_their_leads():
    curve = {"slope": 6, "intercept": -5, "lead": {"most": 3, "within": 0.05}, "share": {"most": 2, "within": 0.5}}
    best = np.array([[0.9, 0.7, 0.8], [0.2, 0.6, 0.5]])
    pictures = np.array([[1, 0], [0, 1], [0.6, 0.8]])  # the first two of the photos lie 0.4 and 0.2 apart
    apart = np.array([0.4, 0.2])
    first, second = score_of(curve, np.array([0.9, 0.6]), 0.1, 0.1 / apart), score_of(curve, np.array([0.8, 0.5]), -0.1, -0.1 / apart)
    third = score_of(curve, np.array([0.7, 0.2]), np.array([-0.2, -0.4]), np.array([-0.2, -0.4]) / apart)
    said = promises(curve, Likeness(best, pictures), np.array([0, 2]), deep=3)
    assert said["second"] == round(second.mean(), 3) and said["secondRight"] == 0.5
    assert said["logLoss"] == round(-np.log([first[0], 1 - first[1]]).mean(), 3)
    assert said["first3Together"] == round((first + second + third).mean(), 2)


def test_a_score_that_is_right_shows_an_error_too_where_photos_are_few():
    few, many = error_by_chance(np.full(50, 0.8)), error_by_chance(np.full(5000, 0.8))
    assert few == pytest.approx(np.sqrt(0.8 * 0.2 / 50 * 2 / np.pi), rel=0.1) and many < few / 5


def test_the_plain_mean_weighs_categories_alike():
    hits, groups = np.array([1.0] * 9 + [0.0]), np.array(["many"] * 9 + ["few"])
    whole, plain = shares(hits, np.arange(10))[0], shares(hits, np.arange(10), groups)[0]
    assert (whole["value"], plain["value"]) == (0.9, 0.5)
    assert resampled(hits, np.arange(10), groups, draws=200).max() <= 1


def test_more_needs_the_interval_and_every_seed():
    items = np.arange(400)
    base, better = np.zeros(400), np.zeros(400)
    better[:80] = 1
    assert compared([better] * 3, [base] * 3, items)["superior"]
    mixed = compared([better, better, base], [base] * 3, items)
    assert mixed["interval"][0] > 0 and not mixed["superior"], "one seed gains nothing"
    assert compared([better] * 3, [base], items)["seeds"] == [0.2] * 3
    with pytest.raises(ValueError, match="QUALITY_SEEDS"):
        compared([better] * 3, [base] * 2, items)
    assert [len(side) for side in paired({1: base, 2: base, 3: base}, {2: base, 3: base})] == [2, 2]
    assert [len(side) for side in paired({1: base, 2: base}, {None: base})] == [2, 1]
    assert paired({1: base}, {}) == ([], [])


def test_expectations_can_fail():
    gain = {"superior": True, "value": 0.08, "interval": [0.02, 0.14]}
    nothing = {"superior": False, "value": 0.0, "interval": [-0.02, 0.02]}
    assert holds(GAIN, 0.0, gain) and not holds(GAIN, 0.10, gain) and not holds(GAIN, 0.0, nothing)
    assert holds(NO_GAIN, 0.0, nothing) and not holds(NO_GAIN, 0.0, gain)
    assert holds(NOT_WORSE, 0.03, nothing) and not holds(NOT_WORSE, 0.01, nothing)


def test_the_best_constant_box_beats_mean_and_whole():
    random = np.random.default_rng(6)
    corner = random.uniform([0.1, 0.1], [0.3, 0.4], (60, 2))
    truth = np.concatenate([corner, corner + random.uniform(0.2, 0.6, (60, 2))], 1)

    def good(box):
        return (overlap(np.asarray(box), truth) >= 0.5).mean()

    best = best_constant_box(truth)
    assert good(best) >= max(good(truth.mean(0)), good(np.median(truth, 0)), good([0, 0, 1, 1]))
    assert (best[:2] < best[2:]).all()
