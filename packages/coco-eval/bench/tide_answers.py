# tidecv's answer to data sets of boxes: one JSON object per line in, one per line out.

import json
import sys

from tidecv import TIDE, Data

names = {'Cls': 'classification', 'Loc': 'localization', 'Both': 'both', 'Dupe': 'duplicate', 'Bkg': 'background', 'Miss': 'missed'}

for line in sys.stdin:
    case = json.loads(line)
    truth, found = Data('truth'), Data('found')
    for one in case['groundTruth']['annotations']:
        truth.add_ground_truth(one['image_id'], one['category_id'], one['bbox'], None)
    for one in case['detections']:
        found.add_detection(one['image_id'], one['category_id'], one['score'], one['bbox'], None)
    try:
        run = TIDE().evaluate(truth, found, mode=TIDE.BOX)
        main = run.fix_main_errors()
    except ZeroDivisionError:
        # It cannot mend the errors of data that hold nothing else.
        print('null', flush=True)
        continue
    special = run.fix_special_errors()
    counts = run.count_errors()
    print(json.dumps({
        'AP': run.ap / 100,
        'costs': {names[kind.short_name]: value / 100 for kind, value in main.items()},
        'counts': {names[kind.short_name]: value for kind, value in counts.items()},
        'falsePositives': [value / 100 for kind, value in special.items() if kind.short_name == 'FalsePos'][0],
        'falseNegatives': [value / 100 for kind, value in special.items() if kind.short_name == 'FalseNeg'][0],
    }), flush=True)
