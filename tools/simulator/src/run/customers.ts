import { derivedId } from '@murmuration/event-store';
import type { Message } from '@murmuration/kernel';
import type { CustomerPlan, CustomerStep } from '../plan/customers';
import type { Surroundings } from '../world/process';
import type { World } from '../world/world';

const CODE_LOOKED_FOR_EVERY_MS = 300;
const CODE_LOOKED_FOR_MAX = 40;
const ADDRESS = { name: 'Ada Byron', street: 'Lindengasse 7', city: 'Wien', postalCode: '1070', country: 'AT' };

/** By what a customer is known in a run. */
export const customerIdOf = (seed: number, id: string): string => derivedId('customer', String(seed), id);

/** Somebody registers; then they and operators do one thing after another. */
export const scheduleRegistered = (
  { id, atMs, steps }: CustomerPlan,
  seed: number,
  { gateway, courier }: World,
  { time, decisions }: Surroundings,
): void => {
  const customerId = customerIdOf(seed, id);
  const pause = (durationMs: number): Promise<void> => new Promise((goOn) => void time.after(durationMs, goOn));
  const ask = (about: string, command: Message & Record<string, unknown>) =>
    gateway.execute('orders', { customerId, now: time.now(), ...command } as Message, {
      ...{ commandId: derivedId(customerId, about), orderId: customerId },
    });
  /** The code of one customer's verification; what is asked for by another is another one. */
  const ofMine = (verificationId: string): string => derivedId(customerId, verificationId);

  const fieldsOf = (step: CustomerStep): Readonly<Record<string, unknown>> => {
    switch (step.type) {
      case 'SuspendCustomer':
        return { reason: 'chargeback' };
      case 'ReactivateCustomer':
      case 'DeactivateCustomer':
        return { by: step.by };
      case 'AddAddress':
        return { addressId: step.addressId, label: step.addressId, address: ADDRESS, defaultFor: [] };
      case 'RemoveAddress':
        return { addressId: step.addressId };
      case 'ChangeEmail':
        return { email: step.email };
      case 'RequestVerification': {
        const verificationId = ofMine(step.verificationId);
        return { channel: 'email', verificationId, codeHash: `hash of ${verificationId}` };
      }
      case 'ConfirmVerification':
        return { channel: 'email', codeHash: step.guesses ? 'a guess' : `hash of ${ofMine(step.verificationId)}` };
    }
  };
  /** Nobody knows a code that has not come yet. */
  const isReady = async (step: CustomerStep): Promise<boolean> => {
    if (step.type !== 'ConfirmVerification' || step.guesses) return true;
    for (let times = 0; times < CODE_LOOKED_FOR_MAX; times++) {
      if (courier.hasCarried(ofMine(step.verificationId))) return true;
      await pause(CODE_LOOKED_FOR_EVERY_MS);
    }
    return false;
  };

  const live = async (): Promise<void> => {
    await ask('register', { type: 'RegisterCustomer', name: 'Ada Byron', email: 'ada@example.org' });
    for (const [nth, step] of steps.entries()) {
      await pause(step.afterMs);
      if (!decisions.takesPlace(`${id} step ${nth + 1}: ${step.type}`)) continue;
      if (await isReady(step)) await ask(`step ${nth}`, { type: step.type, ...fieldsOf(step) });
    }
  };
  time.after(atMs, () => {
    if (decisions.takesPlace(`${id} registers`)) void live();
  });
};
