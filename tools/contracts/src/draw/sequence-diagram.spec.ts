import { sequenceDiagram } from './sequence-diagram';

describe('a sequence diagram', () => {
  it('names the participants in the order in which they appear, after those that come first', () => {
    const messages = [
      { from: 'orders', to: 'inventory', text: 'order-submitted' },
      { from: 'inventory', to: 'payments', text: 'stock-reserved' },
    ];
    expect(sequenceDiagram(messages, ['customer'])).toBe(
      [
        'sequenceDiagram',
        '  participant p1 as customer',
        '  participant p2 as orders',
        '  participant p3 as inventory',
        '  participant p4 as payments',
        '  p2-)p3: order-submitted',
        '  p3-)p4: stock-reserved',
        '',
      ].join('\n'),
    );
  });

  it('draws events, calls, answers and notes each in its own way', () => {
    const drawn = sequenceDiagram([
      { from: 'a', to: 'b', text: 'said', kind: 'event' },
      { from: 'a', to: 'b', text: 'asked', kind: 'call' },
      { from: 'b', to: 'a', text: 'told', kind: 'answer' },
      { from: 'a', to: 'a', text: 'thought', kind: 'note' },
      { from: 'a', to: 'b', text: 'agreed', kind: 'note' },
    ]);
    expect(drawn.split('\n').slice(3, 8)).toEqual([
      '  p1-)p2: said',
      '  p1->>p2: asked',
      '  p2-->>p1: told',
      '  note over p1: thought',
      '  note over p1,p2: agreed',
    ]);
  });

  it('keeps the words that Mermaid would take for its own', () => {
    expect(sequenceDiagram([{ from: 'end', to: 'note', text: 'line #1; then\nmore' }])).toBe(
      [
        'sequenceDiagram',
        '  participant p1 as end',
        '  participant p2 as note',
        '  p1-)p2: line #35;1#59; then<br/>more',
        '',
      ].join('\n'),
    );
  });
});
