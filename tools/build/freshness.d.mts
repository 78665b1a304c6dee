export declare const sourceHash: (root: string) => string;
export declare const isFresh: (root: string, hash: string) => boolean;
export declare const markFresh: (root: string, hash: string) => void;
