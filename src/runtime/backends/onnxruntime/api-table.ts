/**
 * The functions of ONNX Runtime's C interface that are used, with their place in `struct OrtApi`
 * (onnxruntime_c_api.h; the table only ever grows) and their signature. Those of providers have shorter names here:
 * `AppendProvider` is `SessionOptionsAppendExecutionProvider`, `AppendCudaProvider` its form `…_CUDA_V2`.
 * @module
 */

/** `p`: address or nothing, `i`: enumeration or int, `n`: size_t or int64_t, `s`: C string, `f`: path, `-`: no result. */
export const apiTable = {
  GetErrorMessage: [2, 's', 'p'],
  CreateEnv: [3, 'p', 'isp'],
  CreateSessionFromArray: [8, 'p', 'ppnpp'],
  Run: [9, 'p', 'ppppnpnp'],
  CreateSessionOptions: [10, 'p', 'p'],
  EnableProfiling: [14, 'p', 'pf'],
  EnableMemPattern: [16, 'p', 'p'],
  DisableMemPattern: [17, 'p', 'p'],
  EnableCpuMemArena: [18, 'p', 'p'],
  DisableCpuMemArena: [19, 'p', 'p'],
  SetSessionLogSeverityLevel: [22, 'p', 'pi'],
  SetSessionGraphOptimizationLevel: [23, 'p', 'pi'],
  SetIntraOpNumThreads: [24, 'p', 'pi'],
  SessionGetInputCount: [30, 'p', 'pp'],
  SessionGetOutputCount: [31, 'p', 'pp'],
  SessionGetInputTypeInfo: [33, 'p', 'pnp'],
  SessionGetOutputTypeInfo: [34, 'p', 'pnp'],
  SessionGetInputName: [36, 'p', 'pnpp'],
  SessionGetOutputName: [37, 'p', 'pnpp'],
  CreateRunOptions: [39, 'p', 'p'],
  RunOptionsSetTerminate: [46, 'p', 'p'],
  RunOptionsUnsetTerminate: [47, 'p', 'p'],
  CreateTensorWithDataAsOrtValue: [49, 'p', 'ppnpnip'],
  GetTensorMutableData: [51, 'p', 'pp'],
  CastTypeInfoToTensorInfo: [55, 'p', 'pp'],
  GetTensorElementType: [60, 'p', 'pp'],
  GetDimensionsCount: [61, 'p', 'pp'],
  GetDimensions: [62, 'p', 'ppn'],
  GetSymbolicDimensions: [63, 'p', 'ppn'],
  GetTensorTypeAndShape: [65, 'p', 'pp'],
  CreateCpuMemoryInfo: [69, 'p', 'iip'],
  AllocatorFree: [76, 'p', 'pp'],
  GetAllocatorWithDefaultOptions: [78, 'p', 'p'],
  ReleaseStatus: [93, '-', 'p'],
  ReleaseSession: [95, '-', 'p'],
  ReleaseValue: [96, '-', 'p'],
  ReleaseRunOptions: [97, '-', 'p'],
  ReleaseTypeInfo: [98, '-', 'p'],
  ReleaseTensorTypeAndShapeInfo: [99, '-', 'p'],
  ReleaseSessionOptions: [100, '-', 'p'],
  SessionEndProfiling: [110, 'p', 'ppp'],
  AddSessionConfigEntry: [130, 'p', 'pss'],
  AppendCudaProvider: [204, 'p', 'pp'],
  CreateCudaProviderOptions: [205, 'p', 'p'],
  ReleaseCudaProviderOptions: [208, '-', 'p'],
  AddExternalInitializers: [210, 'p', 'pppn'],
  AppendProvider: [216, 'p', 'psppn'],
} as const satisfies Record<string, readonly [position: number, result: 'p' | 's' | '-', parameters: string]>;

export type ApiFunction = keyof typeof apiTable;

/** The version of the interface that is asked for; every function above is older. */
export const apiVersion = 16;

export const logSeverities = { error: 3, fatal: 4 } as const;
export const optimisationLevels = { none: 0, basic: 1, extended: 2, all: 99 } as const;
export const allocatorTypes = { device: 0, arena: 1 } as const;
export const memoryTypes = { default: 0 } as const;
