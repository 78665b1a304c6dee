export type LockedPackage = {
  readonly version?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};

export declare const flawsOfLock: (lock: {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}) => readonly string[];
