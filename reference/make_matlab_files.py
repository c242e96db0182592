"""Small MATLAB files: /usr/bin/python3 reference/make_matlab_files.py (scipy 1.10)."""
import pathlib

import numpy
import scipy.io

folder = pathlib.Path(__file__).parent.parent / 'test' / 'golden' / 'volumes'
frames = (numpy.arange(9 * 10 * 4) % 251).astype('uint8').reshape(9, 10, 4)
picture = numpy.arange(80, dtype='float64').reshape(8, 10) / 4 - 3
study = {'colours': numpy.arange(216, dtype='uint8').reshape(8, 9, 3), 'note': 'text'}
scipy.io.savemat(folder / 'arrays.mat', {'frames': frames, 'picture': picture, 'name': 'text', 'study': study}, do_compression=True)
