/**
 * MedMNIST, 2-D and 3-D: small pictures of twelve and volumes of six kinds. Class names after the set's own listing.
 * @module
 */
import type { DatasetAdapter } from './adapter.ts';
import { namedFiles, nameOf } from './text-lists.ts';

const organs = ['bladder', 'femur-left', 'femur-right', 'heart', 'kidney-left', 'kidney-right', 'liver', 'lung-left'];
const organNames = [...organs, 'lung-right', 'pancreas', 'spleen'];

const classNames: Readonly<Record<string, readonly string[]>> = {
  pathmnist: [
    'adipose',
    'background',
    'debris',
    'lymphocytes',
    'mucus',
    'smooth muscle',
    'normal colon mucosa',
    'cancer-associated stroma',
    'colorectal adenocarcinoma epithelium',
  ],
  dermamnist: [
    'actinic keratoses and intraepithelial carcinoma',
    'basal cell carcinoma',
    'benign keratosis-like lesions',
    'dermatofibroma',
    'melanoma',
    'melanocytic nevi',
    'vascular lesions',
  ],
  octmnist: ['choroidal neovascularization', 'diabetic macular edema', 'drusen', 'normal'],
  pneumoniamnist: ['normal', 'pneumonia'],
  breastmnist: ['malignant', 'normal, benign'],
  bloodmnist: [
    'basophil',
    'eosinophil',
    'erythroblast',
    'immature granulocytes',
    'lymphocyte',
    'monocyte',
    'neutrophil',
    'platelet',
  ],
  tissuemnist: [
    'collecting duct, connecting tubule',
    'distal convoluted tubule',
    'glomerular endothelial cells',
    'interstitial endothelial cells',
    'leukocytes',
    'podocytes',
    'proximal tubule segments',
    'thick ascending limb',
  ],
  organamnist: organNames,
  organcmnist: organNames,
  organsmnist: organNames,
  organmnist3d: [
    'liver',
    'kidney-right',
    'kidney-left',
    'femur-right',
    'femur-left',
    'bladder',
    'heart',
    'lung-right',
    'lung-left',
    'spleen',
    'pancreas',
  ],
  nodulemnist3d: ['benign', 'malignant'],
  adrenalmnist3d: ['normal', 'hyperplasia'],
  fracturemnist3d: ['buckle rib fracture', 'nondisplaced rib fracture', 'displaced rib fracture'],
  vesselmnist3d: ['vessel', 'aneurysm'],
  synapsemnist3d: ['inhibitory synapse', 'excitatory synapse'],
  // Grades and fourteen findings at once: numbers say more than names.
  retinamnist: [],
  chestmnist: [],
};

const file = /^([a-z]+mnist(3d)?)(_(28|64|128|224))?\.npz$/;

export const medmnist: DatasetAdapter = {
  id: 'medmnist',
  title: 'MedMNIST',
  contents: '12 sets of pictures and 6 of volumes, 28 to 224 pixels wide, with classes and official splits',
  address: 'https://medmnist.com/',
  terms: 'CC BY 4.0, DermaMNIST CC BY-NC 4.0',
  layout: 'pneumoniamnist.npz, organmnist3d_64.npz, …',
  recognises: (tree) => namedFiles(tree, file).some((path) => setOf(path) !== undefined),
  describe: () => ({
    source: 'MedMNIST',
    of: (path) => {
      const set = setOf(path);
      if (set === undefined) return undefined;
      return set.endsWith('3d') ? { description: { kind: 'volume' } } : {};
    },
    companions: new Set(),
    complete: true,
    classNames: (path) => ({ label: classNames[setOf(path) ?? ''] ?? [] }),
  }),
};

function setOf(path: string): string | undefined {
  const set = file.exec(nameOf(path))?.[1];
  return set !== undefined && Object.hasOwn(classNames, set) ? set : undefined;
}
