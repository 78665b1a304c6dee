import type { STEPS } from '@murmuration/contracts';
import { applyDecorators, Catch, Controller, UseFilters, type RpcExceptionFilter } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { throwError, type Observable } from 'rxjs';
import { heardByStep } from './reactions';

/** Hands a failure on as it is, since its reason is stored with the record; Nest would replace it by "Internal server error". */
@Catch()
class FailTheRecord implements RpcExceptionFilter<Error> {
  catch(error: Error): Observable<never> {
    return throwError(() => error);
  }
}

/** A class of handlers, each of which answers an event with what a step of the service does about it. */
export const Reacts = (): ClassDecorator => applyDecorators(Controller(), UseFilters(new FailTheRecord()));

/** `@EventPattern` for all events that a declared step hears. */
export const Hears = <Service extends keyof typeof STEPS>(
  service: Service,
  step: (typeof STEPS)[Service][number]['name'],
): MethodDecorator => EventPattern<readonly string[]>(heardByStep(service, step));
