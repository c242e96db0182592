"""Runs the onnx package's checker over model files; prints the name of each that passes.

    /usr/bin/python3 reference/check_onnx.py model.onnx ...
"""
import sys

import onnx

for path in sys.argv[1:]:
    onnx.checker.check_model(path, full_check=True)
    print(path)
