import type { GroupedItem, PersonalVerdict } from "../../catalog/index.ts";

/**
 * Which items are one on the shelf: those whose first pictures are the same, but for what people said. `keep`: two
 * items stand apart, however alike; `merge`: they are one, however different. Items in the order of their age; a later
 * one joins the earliest group that no `keep` bars it from. Groups of one are left out.
 */
export function groupItems(items: readonly GroupedItem[], verdicts: readonly PersonalVerdict[]): GroupedItem[][] {
  const apart = new Set(verdicts.filter(({ verdict }) => verdict === "keep").map(keyOf));
  const groups = new Set<GroupedItem[]>();
  const groupOf = new Map<string, GroupedItem[]>();
  const byHead = new Map<number, GroupedItem[][]>();
  const barred = (one: readonly GroupedItem[], other: readonly GroupedItem[]) =>
    one.some((a) => other.some((b) => apart.has(keyOf({ first: a.itemId, second: b.itemId }))));
  for (const item of items) {
    const alike = byHead.get(item.head) ?? [];
    let group = alike.find((members) => !barred([item], members));
    if (!group) {
      group = [];
      groups.add(group);
      byHead.set(item.head, [...alike, group]);
    }
    group.push(item);
    groupOf.set(item.itemId, group);
  }
  for (const { first, second, verdict } of verdicts) {
    const [one, other] = [groupOf.get(first), groupOf.get(second)];
    if (verdict !== "merge" || !one || !other || one === other) continue; // an item may be gone, and come back
    if (barred(one, other)) continue;
    groups.delete(other);
    for (const item of other) groupOf.set(item.itemId, one);
    one.push(...other);
  }
  return [...groups].filter(({ length }) => length > 1).map((group) => group.sort((a, b) => a.item - b.item));
}

const keyOf = ({ first, second }: { first: string; second: string }): string =>
  first < second ? `${first}\0${second}` : `${second}\0${first}`;
