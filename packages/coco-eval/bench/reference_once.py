# One evaluation from files by pycocotools or faster_coco_eval: prints seconds, the peak of memory and the AP as JSON.

import contextlib
import io
import json
import resource
import sys
import time

tool, annotations, detections, kind = sys.argv[1:]
if tool == 'pycocotools':
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval
else:
    from faster_coco_eval import COCO
    from faster_coco_eval import COCOeval_faster as COCOeval

def now():
    return {'clock': time.perf_counter(), 'processor': time.process_time()}


def between(a, b):
    return {name: b[name] - a[name] for name in a}


with contextlib.redirect_stdout(io.StringIO()):
    start = now()
    truth = COCO(annotations)
    found = truth.loadRes(detections)
    loaded = now()
    evaluation = COCOeval(truth, found, kind)
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    done = now()

print(json.dumps({
    'load': between(start, loaded),
    'evaluate': between(loaded, done),
    'mebibytes': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    'AP': float(evaluation.stats[0]),
}))
