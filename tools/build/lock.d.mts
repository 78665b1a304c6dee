export declare const alone: <T>(root: string, work: () => Promise<T>) => Promise<T>;
