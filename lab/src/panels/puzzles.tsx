/**
 * The puzzles the network is being asked, drawn as in the report.
 * @module
 */
import { useMemo } from 'preact/hooks';
import { type PuzzleDrawing, puzzle } from '../sonde.ts';

const SHOWN = 4;
const WIDEST = 720;
/** What a narrow page leaves beside the drawing. */
const MARGIN = 40;

export function Puzzles({ puzzles }: { readonly puzzles: readonly PuzzleDrawing[] }) {
  const drawings = useMemo(
    // The page has the theme already; a drawing's own copy is for when it stands alone.
    () => {
      const width = Math.max(280, Math.min(WIDEST, innerWidth - MARGIN));
      return puzzles.slice(0, SHOWN).map((drawing) => puzzle(drawing, { width }).replace(/<style>.*?<\/style>/s, ''));
    },
    [puzzles],
  );
  if (drawings.length === 0) return null;
  return (
    <section aria-labelledby="puzzles">
      <h2 id="puzzles">What the network is being asked</h2>
      {drawings.map((svg, i) => (
        // Sonde's own figure; every text in it is escaped
        <figure key={i} dangerouslySetInnerHTML={{ __html: svg }} />
      ))}
      <p class="note">
        Drawn by the sampler that feeds the network. No label is needed: the answer is known because the puzzle was
        made.
      </p>
    </section>
  );
}
