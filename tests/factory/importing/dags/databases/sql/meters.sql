SELECT meter, kwh FROM billing.meter_event
