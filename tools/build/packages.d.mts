export declare const ensurePackages: (
  root: string,
  say: (line: string) => void,
  install?: () => Promise<number>,
) => Promise<number>;
