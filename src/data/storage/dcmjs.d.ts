/** The parts of dcmjs that are used. */
declare module 'dcmjs' {
  interface Attribute {
    vr: string;
    Value?: unknown[];
  }
  interface DicomDict {
    meta: Record<string, Attribute>;
    dict: Record<string, Attribute>;
    write(options?: { allowInvalidVRLength?: boolean }): ArrayBuffer;
  }
  const dcmjs: {
    log: { setLevel(level: string): void };
    data: {
      DicomMessage: {
        readFile(
          buffer: ArrayBuffer,
          options?: { ignoreErrors?: boolean; untilTag?: string; includeUntilTagValue?: boolean; noCopy?: boolean },
        ): DicomDict;
      };
      DicomDict: new (meta: Record<string, Attribute>) => DicomDict;
    };
  };
  export default dcmjs;
}
