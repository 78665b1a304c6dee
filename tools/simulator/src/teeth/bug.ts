/** One replacement in a source file of the repository. `find` stands in the file exactly once. */
export type Edit = { readonly file: string; readonly find: string; readonly replace: string };

/** A mistake as somebody might make it, kept as a small patch of the code, or of the tables in memory that stand for a database. */
export type Bug = {
  readonly name: string;
  /** What the patched code does, in one sentence. */
  readonly says: string;
  readonly edits: readonly Edit[];
};

/** A patch that does not fit the code any more: whoever changed the file must say how the mistake looks now. */
export class PatchMisfit extends Error {
  override readonly name = 'PatchMisfit';
}

/** The source with every edit of its file made. Throws `PatchMisfit` when a snippet is not there exactly once. */
export const patched = (source: string, file: string, { name, edits }: Bug): string =>
  edits
    .filter((edit) => edit.file === file)
    .reduce((text, { find, replace }) => {
      const times = text.split(find).length - 1;
      if (times !== 1) throw new PatchMisfit(`"${name}" does not fit ${file}: ${times} times ${JSON.stringify(find)}`);
      return text.replace(find, () => replace);
    }, source);
