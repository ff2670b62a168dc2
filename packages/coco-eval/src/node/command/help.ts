// What `coco-eval --help` says.

export const helpText = `Usage: coco-eval ANNOTATIONS DETECTIONS [options]

COCO's metrics of detections, equal to pycocotools' to the last bit, and why they are what they are.

  ANNOTATIONS   COCO's JSON: { images, annotations, categories }
  DETECTIONS    COCO's results: [{ image_id, category_id, bbox: [left, top, width, height], score }],
                with segmentation (compressed RLE) or keypoints instead of bbox; '-' reads standard input
                Files of any size; names that end in .gz are unzipped.

What is evaluated:
  --type TYPE           bbox (default), segm or keypoints
  --categories LIST     only these categories: names or ids, as person,dog
  --image-ids LIST      only these images, as 139,285
  --class-agnostic      a detection may have another category than the object (useCats = 0)
  --iou LIST            IoU thresholds: first:last[:step] or a list (default 0.5:0.95:0.05)
  --recalls LIST        recall thresholds, likewise (default 0:1:0.01)
  --max-dets LIST       detections per image and category that count (default 1,10,100; keypoints 20)
  --areas LIST          size classes in square pixels, as small=0:1024,large=1024:1e10
  --sigmas LIST         standard deviations of the keypoints (default COCO's 17)

By which rules:
  --strict              fail on the first odd record instead of warning of it
  --corrected           also the figures without pycocotools' oddities
  --voc YEAR            also Pascal VOC's AP: 2007 or 2012
  --lvis                LVIS's rules instead of COCO's: federated, 300 detections per image, AP by frequency

What is shown:
  --why                 also operating points, what each kind of error costs, calibration, confusions
  --score S             score threshold for --why, --json and --report (default: the one with the best F1)
  --match-iou T         IoU from which a detection is right, likewise and for --voc (default 0.5)
  --compare FILE        other results on the same annotations: are they better, or is it chance?
  --resamples N         how often images are drawn for that (default 1000)
  --seed N              decides all draws (default 1)
  --json FILE           writes every figure as JSON; '-' prints it instead of text
  --report FILE         writes a page with charts: one HTML file that needs no network
  --images DIR          puts the pictures on which most goes wrong into it, with boxes, masks or keypoints
  --arrays              puts the arrays precision, recall and scores into it as well
  --quiet               print nothing but errors

  --verbose             show the stack of errors
  -h, --help            show this help
  -V, --version         print the version

Warnings and errors go to standard error. Exit code: 0 done, 1 the files cannot be evaluated, 2 wrong usage.

Examples:
  coco-eval instances_val2017.json detections.json
  coco-eval instances_val2017.json detections.json --why --json figures.json
  coco-eval instances_val2017.json detections.json --report report.html --images val2017/
  coco-eval instances_val2017.json before.json --compare after.json
  coco-eval person_keypoints_val2017.json keypoints.json --type keypoints
`;
