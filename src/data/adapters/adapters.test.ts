import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { zipSync } from 'fflate';
import { clipFile, niftiFile, pngFile, writeTree } from '../../../test/small-files.ts';
import { hostArray } from '../../tensor/host-array.ts';
import { writeNpy } from '../../tensor/npy.ts';
import type { MediaItem } from '../media.ts';
import { partOf } from '../split.ts';
import { indexFolder } from '../storage/index-folder.ts';
import { adapters } from './index.ts';

const scratch = mkdtempSync(join(tmpdir(), 'sonde-sets-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** The index of a small folder, its items by id with the part each is in. */
async function indexed(name: string, files: Record<string, string | Uint8Array>) {
  const { index, source } = await indexFolder(writeTree(join(scratch, name), files), { salt: 'pepper' });
  const items = Object.fromEntries(index.items.map((item) => [item.id, { ...item, part: partOf(index.split, item) }]));
  return { items, index, source };
}

const brief = ({ kind, patient, labels }: MediaItem) => [kind, patient, labels];

test('every set says where it comes from, under which terms, and how it is laid out', () => {
  assert.equal(new Set(adapters.map(({ id }) => id)).size, adapters.length);
  for (const { title, contents, address, terms, layout } of adapters) {
    for (const text of [title, contents, address, terms, layout]) assert.ok(text.length > 2, title);
    assert.match(address, /^https?:\/\//);
  }
});

test('EchoNet-Dynamic: ejection fractions, tracings, official split', async () => {
  const clip = await clipFile(3);
  const { items, index } = await indexed('echonet', {
    'FileList.csv': `FileName,EF,ESV,EDV,FrameHeight,FrameWidth,FPS,NumberOfFrames,Split\nA,55.5,30,70,12,12,50,3,TRAIN\nB,60,20,50,12,12,50,3,VAL\nC,,1,2,12,12,50,3,TEST\n`,
    'VolumeTracings.csv': 'FileName,X1,Y1,X2,Y2,Frame\nA.avi,1,2,3,4,1\nA.avi,5,6,7,8,1\n',
    'Videos/A.avi': clip,
    'Videos/B.avi': clip,
    'Videos/C.avi': clip,
  });
  assert.deepEqual(brief(items['Videos/A.avi']), ['clip', 'A', { ef: 55.5, esv: 30, edv: 70 }]);
  assert.equal(items['Videos/A.avi'].frameRateHz, 50);
  const [tracing] = items['Videos/A.avi'].annotations!;
  assert.ok(tracing.type === 'points');
  assert.deepEqual([tracing.points.length, tracing.points[3]], [4, { label: 'left ventricle', x: 7, y: 8, frame: 1 }]);
  assert.equal(items['Videos/C.avi'].labels.ef, undefined);
  assert.deepEqual(
    Object.values(items).map(({ part }) => part),
    ['train', 'validation', 'test'],
  );
  assert.equal(index.split.name, 'official');
});

test('CAMUS: views, phases, sequences as clips, masks', async () => {
  const base = 'patient0001/patient0001_2CH';
  const { items, source } = await indexed('camus', {
    [`${base}_ED.nii.gz`]: niftiFile([10, 12]),
    [`${base}_ED_gt.nii.gz`]: niftiFile([10, 12], 2),
    [`${base}_half_sequence.nii.gz`]: niftiFile([10, 12, 5]),
    'patient0001/Info_2CH.cfg':
      'ED: 1\nES: 5\nNbFrame: 5\nSex: F\nAge: 56\nImageQuality: Good\nEF: 53\nFrameRate: 40.5\n',
    'patient0002/patient0002_4CH_ES.nii.gz': niftiFile([10, 12]),
    'database_split/subgroup_training.txt': 'patient0001\n',
    'database_split/subgroup_testing.txt': 'patient0002\n',
  });
  const labels = { view: '2CH', ef: 53, quality: 'Good', sex: 'F', age: 56 };
  assert.deepEqual(brief(items[`${base}_ED.nii.gz`]), ['image', 'patient0001', { ...labels, phase: 'ED' }]);
  assert.deepEqual(brief(items[`${base}_half_sequence.nii.gz`]), ['clip', 'patient0001', labels]);
  assert.equal(items[`${base}_half_sequence.nii.gz`].frameRateHz, 40.5);
  assert.equal(items['patient0002/patient0002_4CH_ES.nii.gz'].part, 'test');
  assert.equal(Object.keys(items).length, 3);
  const [mask] = items[`${base}_ED.nii.gz`].annotations!;
  assert.ok(mask.type === 'mask');
  const { data, shape } = await source.readMask(items[`${base}_ED.nii.gz`], mask);
  assert.deepEqual([shape, data[0]], [[1, 12, 10, 1], 2]);
});

test('ACDC: a volume for each time, the phases with masks', async () => {
  const base = 'training/patient001/patient001';
  const { items, source } = await indexed('acdc', {
    [`${base}_4d.nii.gz`]: niftiFile([8, 9, 3, 4]),
    [`${base}_frame02.nii.gz`]: niftiFile([8, 9, 3]),
    [`${base}_frame02_gt.nii.gz`]: niftiFile([8, 9, 3], 3),
    'training/patient001/Info.cfg': 'ED: 1\nES: 2\nGroup: DCM\nHeight: 184.0\nNbFrame: 4\nWeight: 95.0\n',
    'testing/patient101/patient101_4d.nii.gz': niftiFile([8, 9, 3, 2]),
    'testing/patient101/Info.cfg': 'ED: 1\nES: 2\nGroup: NOR\nHeight: 160.0\nNbFrame: 2\nWeight: 60.0\n',
  });
  assert.equal(Object.keys(items).length, 6);
  const systole = items[`${base}_4d.nii.gz#1`];
  assert.deepEqual(brief(systole), ['volume', 'patient001', { group: 'DCM', phase: 'ES', height: 184, weight: 95 }]);
  assert.equal(items[`${base}_4d.nii.gz#3`].labels.phase, undefined);
  assert.equal(items['testing/patient101/patient101_4d.nii.gz#0'].part, 'test');
  const [mask] = systole.annotations!;
  assert.ok(mask.type === 'mask');
  assert.deepEqual((await source.readMask(systole, mask, { start: 1, count: 1 })).shape, [1, 9, 8, 1]);
});

test('MedMNIST: names of classes, official split, volumes', async () => {
  const npy = (shape: number[], value: number) => {
    const length = shape.reduce((product, axis) => product * axis, 1);
    return writeNpy(hostArray('uint8', shape, new Uint8Array(length).fill(value)));
  };
  const part = (name: string, value: number) => ({
    [`${name}_images.npy`]: npy([2, 28, 28, 28], value),
    [`${name}_labels.npy`]: npy([2, 1], value),
  });
  const { items } = await indexed('medmnist', {
    'nodulemnist3d.npz': zipSync({ ...part('train', 0), ...part('val', 1), ...part('test', 1) }),
  });
  assert.deepEqual(
    Object.values(items).map(({ id, kind, labels, part }) => [id.replace(/^.*#/, ''), kind, labels.label, part]),
    [
      ['train_images/0', 'volume', 'benign', 'train'],
      ['train_images/1', 'volume', 'benign', 'train'],
      ['val_images/0', 'volume', 'malignant', 'validation'],
      ['val_images/1', 'volume', 'malignant', 'validation'],
      ['test_images/0', 'volume', 'malignant', 'test'],
      ['test_images/1', 'volume', 'malignant', 'test'],
    ],
  );
});

test('BraTS: series, grades, masks; visits of one patient stay together', async () => {
  const old = 'BraTS20_Training_001/BraTS20_Training_001';
  const fresh = (visit: string) => `BraTS-GLI-00007-${visit}/BraTS-GLI-00007-${visit}`;
  const { items } = await indexed('brats', {
    [`${old}_flair.nii.gz`]: niftiFile([8, 8, 4]),
    [`${old}_t1ce.nii.gz`]: niftiFile([8, 8, 4]),
    [`${old}_seg.nii.gz`]: niftiFile([8, 8, 4], 4),
    'name_mapping.csv': 'Grade,BraTS_2017_subject_ID,BraTS_2020_subject_ID\nHGG,x,BraTS20_Training_001\n',
    [`${fresh('000')}-t2f.nii.gz`]: niftiFile([8, 8, 4]),
    [`${fresh('001')}-t2f.nii.gz`]: niftiFile([8, 8, 4]),
  });
  assert.deepEqual(brief(items[`${old}_t1ce.nii.gz`]), [
    'volume',
    'BraTS20_Training_001',
    { series: 't1ce', grade: 'HGG' },
  ]);
  const [mask] = items[`${old}_flair.nii.gz`].annotations!;
  assert.ok(mask.type === 'mask' && mask.classes?.['4'] === 'enhancing tumour');
  assert.deepEqual(brief(items[`${fresh('001')}-t2f.nii.gz`]), ['volume', 'BraTS-GLI-00007', { series: 'flair' }]);
  assert.equal(Object.keys(items).length, 4);
});

test('Medical Segmentation Decathlon: masks, modalities of four axes', async () => {
  const { items } = await indexed('decathlon', {
    'dataset.json': JSON.stringify({
      modality: { 0: 'FLAIR', 1: 'T1w' },
      labels: { 0: 'background', 1: 'edema' },
      training: [{ image: './imagesTr/BRATS_001.nii.gz', label: './labelsTr/BRATS_001.nii.gz' }],
      test: ['./imagesTs/BRATS_485.nii.gz'],
    }),
    'imagesTr/BRATS_001.nii.gz': niftiFile([8, 8, 4, 2]),
    'labelsTr/BRATS_001.nii.gz': niftiFile([8, 8, 4], 1),
    'imagesTs/BRATS_485.nii.gz': niftiFile([8, 8, 4, 2]),
  });
  assert.deepEqual(brief(items['imagesTr/BRATS_001.nii.gz#1']), ['volume', 'BRATS_001', { modality: 'T1w' }]);
  const [mask] = items['imagesTr/BRATS_001.nii.gz#0'].annotations!;
  assert.deepEqual(mask.type === 'mask' && mask.classes, { 1: 'edema' });
  assert.equal(items['imagesTs/BRATS_485.nii.gz#0'].annotations, undefined);
  assert.equal(Object.keys(items).length, 4);
});

test('LUNA16: nodules by scan, subsets', async () => {
  const header = (raw: string) =>
    `ObjectType = Image\nNDims = 3\nDimSize = 4 4 3\nElementType = MET_SHORT\nElementSpacing = 0.7 0.7 2.5\nElementDataFile = ${raw}\n`;
  const { items } = await indexed('luna', {
    'subset0/1.3.6.1.mhd': header('1.3.6.1.raw'),
    'subset0/1.3.6.1.raw': new Uint8Array(96),
    'subset3/1.3.6.2.mhd': header('1.3.6.2.raw'),
    'subset3/1.3.6.2.raw': new Uint8Array(96),
    'annotations.csv': 'seriesuid,coordX,coordY,coordZ,diameter_mm\n1.3.6.2,1,2,3,5.5\n1.3.6.2,1,2,9,7.25\n',
  });
  assert.deepEqual(brief(items['subset0/1.3.6.1.mhd']), ['volume', '1.3.6.1', { subset: 0, nodules: 0, nodule: 0 }]);
  assert.deepEqual(items['subset3/1.3.6.2.mhd'].labels, {
    subset: 3,
    nodules: 2,
    nodule: 1,
    'largest nodule mm': 7.25,
  });
});

test('UCF101, HMDB51 and Kinetics: actions, groups, official splits', async () => {
  const clip = await clipFile(2);
  const ucf = await indexed('ucf', {
    'UCF-101/Archery/v_Archery_g01_c01.avi': clip,
    'UCF-101/Archery/v_Archery_g01_c02.avi': clip,
    'UCF-101/Archery/v_Archery_g08_c01.avi': clip,
    'ucfTrainTestlist/trainlist01.txt': 'Archery/v_Archery_g08_c01.avi 3\n',
    'ucfTrainTestlist/testlist01.txt': 'Archery/v_Archery_g01_c01.avi\nArchery/v_Archery_g01_c02.avi\n',
  });
  const archery = ucf.items['UCF-101/Archery/v_Archery_g01_c02.avi'];
  assert.deepEqual([...brief(archery), archery.part], ['clip', 'Archery-g01', { action: 'Archery' }, 'test']);
  const name = (film: string, part: number) => `${film}_brush_hair_u_nm_np1_ba_goo_${part}.avi`;
  const hmdb = await indexed('hmdb', {
    [`brush_hair/${name('April_09', 0)}`]: clip,
    [`brush_hair/${name('April_09', 1)}`]: clip,
    [`brush_hair/${name('Other', 0)}`]: clip,
    'splits/brush_hair_test_split1.txt': `${name('April_09', 0)} 1 \n${name('April_09', 1)} 1 \n${name('Other', 0)} 2 \n`,
  });
  const brushing = hmdb.items[`brush_hair/${name('Other', 0)}`];
  assert.deepEqual([...brief(brushing), brushing.part], ['clip', 'brush_hair-Other', { action: 'brush_hair' }, 'test']);
  assert.equal(new Set(Object.values(hmdb.items).map(({ patient }) => patient)).size, 2);
  const kinetics = await indexed('kinetics', {
    'train.csv': 'label,youtube_id,time_start,time_end,split\nabseiling,abcdefghijk,10,20,train\n',
    'validate.csv': 'label,youtube_id,time_start,time_end,split\njuggling,lmnopqrstuv,0,10,validate\n',
    'train/abcdefghijk_000010_000020.mp4': clip,
    'val/lmnopqrstuv_000000_000010.mp4': clip,
    'val/zzzzzzzzzzz_000000_000010.mp4': clip,
  });
  assert.deepEqual(
    Object.values(kinetics.items).map(({ patient, labels, part }) => [patient, labels.action, part]),
    [
      ['abcdefghijk', 'abseiling', 'train'],
      ['lmnopqrstuv', 'juggling', 'validation'],
    ],
  );
});

test('CIFAR, STL and Fashion-MNIST are read by their names', async () => {
  const cifar = await indexed('cifar', {
    'data_batch_1.bin': new Uint8Array(3073 * 3).fill(1),
    'test_batch.bin': new Uint8Array(3073).fill(2),
    'batches.meta.txt': 'airplane\nautomobile\nbird\n',
  });
  assert.deepEqual(
    Object.values(cifar.items).map(({ labels }) => labels.label),
    ['automobile', 'automobile', 'automobile', 'bird'],
  );
  assert.equal(cifar.items['test_batch.bin#0'].part, 'test');
  assert.equal(cifar.index.split.name, 'official');
  const idx = (name: string, ...shape: number[]) => {
    const head = Buffer.alloc(4 + 4 * shape.length);
    head[2] = 8;
    head[3] = shape.length;
    for (const [i, length] of shape.entries()) head.writeUInt32BE(length, 4 + 4 * i);
    const length = shape.reduce((product, axis) => product * axis, 1);
    return { [name]: Buffer.concat([head, Buffer.alloc(length, 9)]) };
  };
  const fashion = await indexed('fashion-mnist', {
    ...idx('train-images-idx3-ubyte', 3, 28, 28),
    ...idx('train-labels-idx1-ubyte', 3),
    ...idx('t10k-images-idx3-ubyte', 1, 28, 28),
    ...idx('t10k-labels-idx1-ubyte', 1),
  });
  assert.deepEqual(
    Object.values(fashion.items).map(({ labels }) => labels.label),
    Array(4).fill('ankle boot'),
  );
});

test('PASCAL VOC: boxes from 0, masks by number', async () => {
  const pixels = new Uint8Array(16 * 20);
  pixels[21] = 15;
  const { items, source } = await indexed('voc', {
    'VOC2007/JPEGImages/000001.png': await pngFile(16, 20, 100),
    'VOC2007/JPEGImages/000002.png': await pngFile(16, 20, 90),
    'VOC2007/Annotations/000001.xml': `<annotation><size/><object><name>person</name><part><name>head</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></part><bndbox><xmin>3</xmin><ymin>4</ymin><xmax>10</xmax><ymax>12</ymax></bndbox></object></annotation>`,
    'VOC2007/Annotations/000002.xml': '<annotation><size/></annotation>',
    'VOC2007/SegmentationClass/000001.png': await pngFile(16, 20, pixels),
    'VOC2007/ImageSets/Main/train.txt': '000001\n',
    'VOC2007/ImageSets/Main/test.txt': '000002\n',
  });
  const first = items['VOC2007/JPEGImages/000001.png'];
  assert.deepEqual(first.labels, { person: 1 });
  assert.deepEqual(items['VOC2007/JPEGImages/000002.png'].labels, { person: 0 });
  const [boxes, mask] = first.annotations!;
  assert.deepEqual(boxes.type === 'boxes' && boxes.boxes, [{ label: 'person', x: 2, y: 3, width: 8, height: 9 }]);
  assert.ok(mask.type === 'mask' && mask.classes?.['15'] === 'person');
  assert.deepEqual([...(await source.readMask(first, mask)).data], [...pixels]);
});

test('POCUS by its names', async () => {
  const clip = await clipFile(2);
  const { items } = await indexed('pocus', {
    'pocus_videos/convex/Cov_Atlas.avi': clip,
    'pocus_videos/linear/Reg_pat3_a.mp4': clip,
  });
  assert.deepEqual(brief(items['pocus_videos/linear/Reg_pat3_a.mp4']), [
    'clip',
    'pat3',
    { finding: 'regular', probe: 'linear' },
  ]);
});
