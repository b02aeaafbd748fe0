-- A left join: four destinations, all in the Caribbean, are not among the airports.
with visits as (
    select
        destination,
        count(*) as flights,
        count(*) filter (cancelled) as cancelled,
        avg(arrival_delay) as mean_arrival_delay
    from staged.flights
    group by destination
)

select visits.*, name, latitude, longitude
from visits left join staged.airports on code = destination
order by flights desc, destination
