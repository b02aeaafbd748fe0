-- From the totals: a mean of the routes' means would count a rare route like a busy one.
with totals as (
    select
        carrier,
        sum(flights)::bigint as flights,
        sum(cancelled)::bigint as cancelled,
        sum(late) / sum(arrived) as late_share,
        sum(delay_minutes) / sum(arrived) as mean_arrival_delay
    from marts.route_delays
    group by carrier
    having sum(flights) >= $minimum_flights
)

select
    row_number() over (order by mean_arrival_delay, carrier) as rank,
    carrier,
    flights,
    cancelled,
    airline,
    mean_arrival_delay,
    late_share
from totals left join staged.airlines using (carrier)
order by rank
