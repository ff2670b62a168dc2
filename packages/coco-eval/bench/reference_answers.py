# pycocotools' answer to data sets: one JSON object per line in, one per line out. Arrays are base64 of float64.

import base64
import contextlib
import io
import json
import sys

import numpy as np
from pycocotools import mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval


def packed(array):
    return base64.b64encode(np.ascontiguousarray(array, dtype=np.float64).tobytes()).decode()


def match(one):
    if one is None:
        return None
    return {
        'image': int(one['image_id']),
        'category': int(one['category_id']),
        'dtIds': [int(i) for i in one['dtIds']],
        'gtIds': [int(i) for i in one['gtIds']],
        'dtMatches': np.asarray(one['dtMatches']).astype(int).tolist(),
        'gtMatches': np.asarray(one['gtMatches']).astype(int).tolist(),
        'gtIgnore': np.asarray(one['gtIgnore']).astype(int).tolist(),
        'dtIgnore': np.asarray(one['dtIgnore']).astype(int).tolist(),
    }


def evaluated(case):
    truth = COCO()
    truth.dataset = case['groundTruth']
    truth.createIndex()
    found = truth.loadRes(case['detections'])
    evaluation = COCOeval(truth, found, case['type'])
    params, chosen = evaluation.params, case['set']
    for name in ('imgIds', 'catIds', 'maxDets', 'areaRng', 'useCats'):
        if chosen.get(name) is not None:
            setattr(params, name, chosen[name])
    for name in ('iouThrs', 'recThrs'):
        if chosen.get(name) is not None:
            setattr(params, name, np.array(chosen[name]))
    if chosen.get('sigmas') is not None:
        params.kpt_oks_sigmas = np.array(chosen['sigmas'])
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    return {
        'stats': packed(evaluation.stats),
        **{name: packed(evaluation.eval[name]) for name in ('precision', 'recall', 'scores')},
        'matches': [match(one) for one in evaluation.evalImgs if one is not None],
    }


def masks(case):
    height, width = case['size']
    runs = [mask.merge(mask.frPyObjects([polygon], height, width)) for polygon in case['polygons']]
    half = len(runs) // 2
    return {
        'counts': [one['counts'].decode() for one in runs],
        'area': [int(mask.area(one)) for one in runs],
        'bbox': packed(mask.toBbox(runs)),
        'iou': packed(mask.iou(runs[:half], runs[half:], [i % 2 for i in range(len(runs) - half)])),
        'union': [mask.merge(runs[i:i + 3])['counts'].decode() for i in range(0, len(runs), 3)],
        'both': [mask.merge(runs[i:i + 3], intersect=True)['counts'].decode() for i in range(0, len(runs), 3)],
    }


for line in sys.stdin:
    case = json.loads(line)
    with contextlib.redirect_stdout(io.StringIO()):
        answer = masks(case) if case['type'] == 'mask' else evaluated(case)
    print(json.dumps(answer), flush=True)
