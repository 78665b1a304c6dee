/** Things to be done at a time, the earliest first: adding and taking cost O(log n), looking at the earliest O(1). */
export class DueHeap<Item> {
  private readonly heap: { readonly dueMs: number; readonly item: Item }[] = [];

  get size(): number {
    return this.heap.length;
  }

  get earliestMs(): number | undefined {
    return this.heap[0]?.dueMs;
  }

  add(dueMs: number, item: Item): void {
    let at = this.heap.push({ dueMs, item }) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.heap[parent]!.dueMs <= this.heap[at]!.dueMs) return;
      this.swap(at, parent);
      at = parent;
    }
  }

  /** The earliest item, if it is due. */
  take(nowMs: number): Item | undefined {
    const first = this.heap[0];
    if (first === undefined || first.dueMs > nowMs) return undefined;
    const last = this.heap.pop()!;
    if (this.heap.length > 0) {
      this.heap[0] = last;
      this.sink();
    }
    return first.item;
  }

  private sink(): void {
    let at = 0;
    for (;;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let least = at;
      if (left < this.heap.length && this.heap[left]!.dueMs < this.heap[least]!.dueMs) least = left;
      if (right < this.heap.length && this.heap[right]!.dueMs < this.heap[least]!.dueMs) least = right;
      if (least === at) return;
      this.swap(at, least);
      at = least;
    }
  }

  private swap(one: number, other: number): void {
    [this.heap[one], this.heap[other]] = [this.heap[other]!, this.heap[one]!];
  }
}
