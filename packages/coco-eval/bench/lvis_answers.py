# lvis-api's answer to data sets: one JSON object per line in, one per line out. Arrays are base64 of float64.

import base64
import json
import logging
import os
import sys
import tempfile

import numpy as np
from lvis import LVIS, LVISEval, LVISResults

logging.disable(logging.CRITICAL)
# lvis-api is older than numpy 1.24, which took this name away.
np.float = float


def packed(array):
    return base64.b64encode(np.ascontiguousarray(array, dtype=np.float64).tobytes()).decode()


for line in sys.stdin:
    case = json.loads(line)
    with tempfile.NamedTemporaryFile('w', suffix='.json', delete=False) as file:
        json.dump(case['groundTruth'], file)
    truth = LVIS(file.name)
    os.unlink(file.name)
    found = LVISResults(truth, case['detections'], max_dets=case['most'])
    evaluation = LVISEval(truth, found, 'bbox')
    evaluation.params.max_dets = case['most']
    evaluation.run()
    print(json.dumps({
        'precision': packed(evaluation.eval['precision']),
        'recall': packed(evaluation.eval['recall']),
        'stats': {name: float(value) for name, value in evaluation.get_results().items()},
    }), flush=True)
