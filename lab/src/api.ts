/**
 * What the lab asks its server. Every address is on the server that sent this page; the cookie says who asks.
 * @module
 */
import { type MethodSummary, type PuzzleDrawing, puzzlesFromJson, type RunSummary } from './sonde.ts';

/** The address of something that belongs to a run. */
export function runAddress(run: string, part: string): string {
  return `/api/runs/${encodeURIComponent(run)}/${part}`;
}

/** The address of a file of the workspace. */
export function fileAddress(path: string): string {
  return `/files/${path.split('/').map(encodeURIComponent).join('/')}`;
}

export async function fetchRuns(): Promise<readonly RunSummary[]> {
  return (await answer('/api/runs')).json();
}

export async function fetchMethods(): Promise<readonly MethodSummary[]> {
  return (await answer('/api/methods')).json();
}

export async function fetchPuzzles(run: string): Promise<readonly PuzzleDrawing[]> {
  return puzzlesFromJson(await (await answer(runAddress(run, 'puzzles'))).text());
}

async function answer(address: string): Promise<Response> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} answers ${response.status}: ${(await response.text()).slice(0, 200)}`);
  return response;
}
