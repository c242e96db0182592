/**
 * Tables of labels (CSV, TSV): reading them and finding out which column is what.
 * @module
 */
import type { Label } from './media.ts';

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Reads delimiter-separated text (RFC 4180 quoting); the delimiter is whichever of `,` `;` tab the header has most of. */
export function parseTable(text: string): Table {
  const header = text.split(/\r?\n/, 1)[0];
  const delimiter = [',', ';', '\t'].reduce((best, candidate) =>
    header.split(candidate).length > header.split(best).length ? candidate : best,
  );
  const records = parseRecords(text.replace(/^\uFEFF/, ''), delimiter);
  const [columns = [], ...rows] = records;
  return { columns: columns.map((column) => column.trim()), rows };
}

function parseRecords(text: string, delimiter: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let field = '';
  let quoted = false;
  const endField = () => {
    record.push(field);
    field = '';
  };
  const endRecord = () => {
    endField();
    if (record.length > 1 || record[0].trim() !== '') records.push(record);
    record = [];
  };
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (quoted) {
      if (character !== '"') field += character;
      else if (text[i + 1] === '"') field += text[++i];
      else quoted = false;
    } else if (character === '"' && field.trim() === '') {
      quoted = true;
      field = '';
    } else if (character === delimiter) endField();
    else if (character === '\n') endRecord();
    else if (character !== '\r') field += character;
  }
  if (field !== '' || record.length > 0) endRecord();
  return records;
}

const patientColumn =
  /^(patient|patient[ _-]?id|subject|subject[ _-]?id|participant|participant[ _-]?id|person|speaker)$/i;

/** Columns that may name a person; their values are never kept. */
const identifying =
  /(^|[ _-])(name|surname|birth|dob|birthdate|mrn|address|phone|email|e-mail|accession|insurance|ssn)([ _-]|date|$)/i;

/** Facts about the file that the file itself tells, and where it came from: no labels. */
const technical =
  /^(index|clip_index|licen[cs]e|licen[cs]e_url|source|source_id|doi|url|changes|bytes|size|sha256|md5|codec|pix_fmt|width|height|orig_w|orig_h|frames|fps|rows|cols)$/i;

/** The column that tells patients apart, by its name. */
export function findPatientColumn(columns: readonly string[]): number {
  return columns.findIndex((column) => patientColumn.test(column));
}

/** True when a column is taken for a label unless the user says otherwise: neither identifying, nor technical, nor paths or addresses. */
export function isLabelColumn(table: Table, column: number): boolean {
  const name = table.columns[column];
  if (name === '' || patientColumn.test(name) || identifying.test(name) || technical.test(name)) return false;
  return !table.rows.some((row) => /^[a-z]+:\/\/|\.[a-z]\w{1,4}$/i.test((row[column] ?? '').trim()));
}

const unknown = new Set(['', 'nan', 'na', 'n/a', 'null']);

/** The labels of one column: numbers where every known value is a number, text otherwise, `undefined` where unknown. */
export function labelsOfColumn(table: Table, column: number): (Label | undefined)[] {
  const values = table.rows.map((row) => (row[column] ?? '').trim());
  const known = values.filter((value) => !unknown.has(value.toLowerCase()));
  const numeric = known.every((value) => /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value));
  return values.map((value) => {
    if (unknown.has(value.toLowerCase())) return undefined;
    return numeric ? Number(value) : value;
  });
}
