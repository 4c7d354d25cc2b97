"""Train a binary model with H2O AutoML on the rows that are not sealed.

Job: Diagnosis “α” 'quoted' / ''' (attempt 1)
Goal: ''' import os; os.system('touch pwned') ''' '); __import__('os') # trailing backslash / line
separator?and return {braces} %s %(x)s ${y} right?to left, zero?byte, emoji 🚲, lone ?
Umsätze – größer

Thirty measurements, two classes: AUC, judged on a fifth of the rows.
"""

from automl_runtime import (
    FeatureFunction,
    load_training_rows,
    open_run,
    save_candidate_model,
    train_model,
)

with open_run(__file__) as run:
    run.start_h2o(heap_mb=1024)
    table = load_training_rows(
        run,
        task="binary",
        target="diagnosis",
        features=[
            "mean_radius", "mean_texture", "mean_perimeter", "mean_area", "mean_smoothness",
            "mean_compactness", "mean_concavity", "mean_concave_points", "mean_symmetry",
            "mean_fractal_dimension", "error_radius", "error_texture", "error_perimeter", "error_area",
            "error_smoothness", "error_compactness", "error_concavity", "error_concave_points",
            "error_symmetry", "error_fractal_dimension", "worst_radius", "worst_texture",
            "worst_perimeter", "worst_area", "worst_smoothness", "worst_compactness", "worst_concavity",
            "worst_concave_points", "worst_symmetry", "worst_fractal_dimension",
        ],
        date_column=None,
        group_column=None,
        target_encoding=[],
        text_features=[],
        functions=[
            FeatureFunction(
                name="radius_growth",
                inputs=["worst_radius", "mean_radius"],
                output="number",
                code=(
                    "def radius_growth(worst, mean):\n"
                    "    \"\"\"How much larger the worst cell is than the usual one.\"\"\"\n"
                    "    return worst / mean - 1 if mean else None\n"
                ),
            ),
            FeatureFunction(
                name="size_class",
                inputs=["mean_area"],
                output="category",
                code=(
                    "def size_class(area):\n"
                    "    if area is None:\n"
                    "        return None\n"
                    "    return \"large\" if math.sqrt(area) > 28 else \"small\""
                ),
            ),
        ],
    )
    model = train_model(
        run,
        table,
        scheme="random",
        metric="auc",
        algorithms=["GLM", "XGBoost", "GBM", "StackedEnsemble"],
        folds=3,
        balance_classes=False,
        max_models=3,
        max_runtime_secs=None,
        seed=42,
        target_transform="none",
        monotone_increasing=[],
        monotone_decreasing=[],
    )
    save_candidate_model(run, model, table)
