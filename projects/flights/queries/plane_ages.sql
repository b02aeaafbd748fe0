-- An inner join: two airlines report their own fleet numbers in place of tail numbers, and those
-- planes are not in the register. The delays are whole minutes, whose avg() is exact; and the day
-- is the local one, so that no time zone matters.
select
    year(date) - built_year as age,
    count(distinct tail_number) as planes,
    count(*) as flights,
    count(*) filter (cancelled) as cancelled,
    avg(departure_delay) as mean_departure_delay,
    avg(arrival_delay) as mean_arrival_delay
from staged.flights join staged.planes using (tail_number)
where built_year is not null
group by age
order by age
