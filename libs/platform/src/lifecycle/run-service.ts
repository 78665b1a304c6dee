export const runService = async (..._: readonly unknown[]): Promise<void> => {};
