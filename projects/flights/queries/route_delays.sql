-- Sums of integers are exact on any number of threads; sums of doubles are not. They are 128
-- bits wide, more than other tools read, hence the cast.
select
    carrier,
    origin,
    destination,
    count(*) as flights,
    count(*) filter (cancelled) as cancelled,
    count(arrival_delay) as arrived,
    count(*) filter (arrival_delay >= $late_after) as late,
    coalesce(sum(arrival_delay), 0)::bigint as delay_minutes
from staged.flights
group by carrier, origin, destination
order by carrier, origin, destination
