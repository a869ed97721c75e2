/* board_atmega328p.c - an ATmega328P (Arduino Uno), as simavr has it. */
/* SPDX-License-Identifier: MIT */
#include "board.h"
#include <avr/sleep.h>
#include <weft/port_avr.h>

WEFT_PORT_HERE

weft_executor *board_start(void)
{
    static weft_executor executor;
    UBRR0 = 0; /* as fast as it goes */
    UCSR0B = _BV(TXEN0);
    TCCR0B = _BV(CS00);
    weft_port_start(&executor);
    return &executor;
}

#if WEFT_PRIORITIES
static weft_interrupt_executor urgent;

weft_executor *board_prepare_urgent(void)
{
    weft_port_prepare_interrupt(&urgent);
    return &urgent.executor;
}

void board_begin_urgent(void)
{
    weft_port_begin_interrupt(&urgent);
}

ISR(INT0_vect)
{
    weft_port_interrupt_executor(&urgent);
}
#endif

weft_time board_now(void)
{
    return weft_port_now();
}

void board_listen(void)
{
    UCSR0B = _BV(TXEN0) | _BV(RXEN0) | _BV(RXCIE0);
}

void board_put(char c)
{
    while ((UCSR0A & _BV(UDRE0)) == 0) {
    }
    UDR0 = (uint8_t)c;
}

void board_interrupt(void)
{
    OCR0A = (uint8_t)(TCNT0 + 100); /* timer 0 comes by there in a moment */
    TIFR0 = _BV(OCF0A);
    TIMSK0 = _BV(OCIE0A);
}

/* The emulator ends where a core sleeps that nothing can wake. */
_Noreturn void board_exit(int status)
{
    while ((UCSR0A & _BV(UDRE0)) == 0) {
    }
    GPIOR0 = (uint8_t)status;
    cli();
    for (;;) {
        SMCR = _BV(SE);
        sleep_cpu();
    }
}

ISR(TIMER0_COMPA_vect)
{
    TIMSK0 = 0;
    board_interrupted();
}

ISR(USART_RX_vect)
{
    board_received(UDR0);
}
