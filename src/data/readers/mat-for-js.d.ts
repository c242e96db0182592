/** The package carries no types. */
declare module 'mat-for-js' {
  export function read(file: ArrayBufferLike): { header: string; data: Record<string, unknown> };
}
