import type { IntegrationEvent } from '@murmuration/contracts';
import type { Binding } from './bindings';

/** What a node, named as `payments-1`, runs instead of the code of today. */
export type Code = (binding: Binding, node: string) => Binding;

/** The code as it is. */
export const TODAY: Code = (binding) => binding;

/** Code that says more than contracts know. */
export const sayingMore: Code = (binding) => {
  const { announce } = binding;
  if (announce === undefined) return binding;
  return {
    ...binding,
    announce: (event) => {
      const said = announce(event);
      if (said === undefined) return undefined;
      const data = { ...said.data, addedTomorrow: { since: 'v1' } };
      return { ...said, data } as IntegrationEvent; // because it only says more
    },
  };
};

/** Says more, and reads the versions of tomorrow as well. */
export const TOMORROW: Code = (binding, node) => ({
  ...sayingMore(binding, node),
  reader: (now) => {
    const read = binding.reader(now);
    return (record) => {
      const type = record.headers['ce_type']?.replace(/\.v9(\d+)$/, '.v$1');
      return read({ ...record, headers: { ...record.headers, ce_type: type } });
    };
  },
});
