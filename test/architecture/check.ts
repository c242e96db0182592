/**
 * Holds modules against the law and tells every offence as a sentence.
 * @module
 */
import {
  browserRooms,
  clockRooms,
  floors,
  islands,
  labDoor,
  labRuns,
  longestFile,
  nodeRooms,
  packageRooms,
  typesFromAnywhere,
  vagueNames,
} from './law.ts';
import type { Import, Module } from './modules.ts';

const isTest = (path: string) => /\.test\.tsx?$/.test(path);
const within = (path: string, rooms: readonly string[]) => rooms.some((room) => path.startsWith(room));
const roomOf = (path: string): string | undefined => /^src\/([^/]+)\//.exec(path)?.[1];

/** Which imports may not be. Tests stand outside the floors: they may look at a room from anywhere. */
export function importOffences(modules: readonly Module[]): string[] {
  return modules
    .filter(({ path }) => !isTest(path))
    .flatMap(({ path, imports }) =>
      imports.flatMap((edge) => {
        const reason = path.startsWith('lab/')
          ? labOffence(path, edge)
          : (islandOffence(path, edge.target) ?? edgeOffence(path, edge));
        return reason === undefined ? [] : [`${path} -> ${edge.target} (${reason})`];
      }),
    );
}

function edgeOffence(path: string, { target, typeOnly }: Import): string | undefined {
  if (target.startsWith('node:')) {
    return within(path, nodeRooms) ? undefined : 'only rooms that are never in a browser may use Node';
  }
  const room = roomOf(path);
  if (target === 'package.json') return undefined;
  if (!target.startsWith('src/')) {
    return target.startsWith('lab/') || target.startsWith('test/')
      ? 'src must stand by itself'
      : packageOffence(path, target);
  }
  const other = roomOf(target);
  if (room === undefined || other === undefined) return undefined;
  if (floors[room] === undefined) return `${room} has no floor; give it one in test/architecture/law.ts`;
  if (room !== other && !floors[room].includes(other)) {
    if (!typesFromAnywhere.includes(room)) return `${room} must not import ${other}`;
    return typeOnly ? undefined : `${room} may import only types of ${other}`;
  }
  const fromBrowser = browserRooms.has(room) && !within(path, nodeRooms);
  const needsNode = !typeOnly && fromBrowser && within(target, nodeRooms);
  return needsNode ? `${target} needs Node, and ${path} must work in a browser` : undefined;
}

function packageOffence(path: string, target: string): string | undefined {
  const name = target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/');
  const rooms = packageRooms[name];
  if (rooms === undefined) return `the package ${name} has no room; give it one in test/architecture/law.ts`;
  return within(path, rooms) ? undefined : `${name} belongs to ${rooms.join(', ')}`;
}

function islandOffence(path: string, target: string): string | undefined {
  const kinds = islands.find((folders) => within(path, folders));
  if (kinds === undefined || path.endsWith('/index.ts') || !within(target, kinds)) return undefined;
  return islandOf(path, kinds) === islandOf(target, kinds)
    ? undefined
    : 'neighbours must not know each other; what they share moves down a floor';
}

/** The file, or the folder of its own that a large one was given. */
function islandOf(path: string, folders: readonly string[]): string {
  const folder = folders.find((start) => path.startsWith(start)) ?? '';
  return folder + path.slice(folder.length).split('/')[0];
}

function labOffence(path: string, { target, typeOnly }: Import): string | undefined {
  if (target.startsWith('node:')) return 'the lab runs in a browser';
  const room = roomOf(target);
  if (room === undefined) return target.startsWith('lab/') ? undefined : packageOffence(path, target);
  if (path !== labDoor) return `the lab reaches the sources through ${labDoor} alone`;
  return typeOnly || within(target, labRuns) ? undefined : `the lab may import only types of ${room}`;
}

/** Groups of files that cannot be loaded one after the other, each told as a round trip. */
export function cycles(modules: readonly Module[]): string[] {
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]) => {
    const at = trail.indexOf(path);
    if (at >= 0) found.push([...trail.slice(at), path].join(' -> '));
    if (at >= 0 || done.has(path)) return;
    for (const { target, typeOnly } of byPath.get(path)?.imports ?? []) {
      if (!typeOnly && byPath.has(target)) visit(target, [...trail, path]);
    }
    done.add(path);
  };
  for (const { path } of modules) visit(path, []);
  return found;
}

/** What may not stand in the text of a file. */
export function textOffences(modules: readonly Module[]): string[] {
  return modules.flatMap(({ path, code }) =>
    code.split('\n').flatMap((line, i) => {
      const reason = lineOffence(path, line);
      return reason === undefined ? [] : [`${path}:${i + 1} (${reason})`];
    }),
  );
}

function lineOffence(path: string, line: string): string | undefined {
  if (/(?::|\bas|<)\s*any\b(?!\s*\()/.test(line)) return 'any hides what a value is';
  if (/\bMath\.random\b/.test(line)) return 'randomness comes from a seeded Random';
  if (isTest(path) || !path.startsWith('src/')) return undefined;
  if (/\bDate\.now\b|\bnew Date\b/.test(line) && !within(path, clockRooms)) return 'results must not know the date';
  if (/(?<![.#\w])(?:process\.|Buffer\.|__dirname\b)/.test(line) && !within(path, nodeRooms))
    return 'only rooms that are never in a browser may use Node';
  const room = roomOf(path);
  if (room === undefined || !(floors[room]?.includes('pretext') || room === 'report')) return undefined;
  const asksWhich =
    /\b(?:card\.id|method\.id|methodId)\s*[!=]==?|[!=]==?\s*[\w.]*\b(?:card\.id|method\.id|methodId)\b|switch\s*\([\w.]*\b(?:card\.id|method\.id|methodId)\b/;
  return asksWhich.test(line) ? 'no code above pretext asks which method it is holding' : undefined;
}

/** Files that hold too much, or whose name does not say what they hold. */
export function shapeOffences(modules: readonly Module[]): string[] {
  return modules.flatMap(({ path, lines }) => {
    const vague = path
      .replace(/\.(?:test\.)?tsx?$/, '')
      .split(/[/.-]/)
      .find((part) => vagueNames.has(part));
    return [
      ...(lines > longestFile
        ? [`${path} has ${lines} lines, more than ${longestFile}: it holds more than one idea`]
        : []),
      ...(vague === undefined ? [] : [`${path} is called ${vague}, which says nothing of what it holds`]),
      ...(/[A-Z_]/.test(path) ? [`${path} is not in kebab-case`] : []),
    ];
  });
}
