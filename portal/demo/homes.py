"""The homes of the demo people: what runs in them and when."""

from typing import Final

from portal.demo.profiles import EVERY_DAY, SATURDAYS, WEEKENDS, WORKDAYS, Habit, Home, Panels, PerDegree

WASH_DAYS: Final = (0.1, 0.2, 0.1, 0.25, 0.1, 0.55, 0.6)
COOKING: Final = (
    Habit("breakfast", 1.5, 6.8, 0.6, WORKDAYS),
    Habit("late breakfast", 1.4, 9.3, 0.8, WEEKENDS, 0.7),
    Habit("lunch", 1.7, 13.0, 0.8, WEEKENDS, 0.6),
    Habit("dinner", 2.1, 17.2, 0.9, (0.85,) * 7, 0.5),
)
EVENINGS: Final = (
    Habit("screens", 0.28, 17.8, 4.6, EVERY_DAY, 0.5),
    Habit("dishwasher", 1.5, 20.1, 1.1, (0.6,) * 7, 0.8),
    Habit("laundry", 1.3, 17.9, 1.6, WASH_DAYS, 1.5),
)
SUMMER_HOLIDAY: Final = ((706, 724), (619, 622))

MAKELA: Final = Home(
    "makela",
    always_kw=0.15,
    lights_kw=0.36,
    habits=(
        *COOKING,
        *EVENINGS,
        Habit("sauna", 6.4, 18.4, 1.5, SATURDAYS),
        Habit("midweek sauna", 6.4, 19.0, 1.2, (0, 0, 0.5, 0, 0, 0, 0)),
    ),
    away=(*SUMMER_HOLIDAY, (223, 228)),
    heating=PerDegree(kw=0.0125, balance=15),  # floors and the ventilation's heater
)
MAKELA_HEAT: Final = Home(
    "makela heat",
    always_kw=0.25,
    lights_kw=0,
    habits=(
        Habit("morning showers", 4.2, 6.4, 0.9, WORKDAYS),
        Habit("late showers", 3.6, 9.0, 1.2, WEEKENDS, 0.8),
        Habit("evening showers", 3.8, 20.3, 1.2, (0.8,) * 7, 0.7),
        Habit("after sauna", 5.0, 19.4, 1.0, SATURDAYS),
    ),
    away=MAKELA.away,
    heating=PerDegree(kw=0.135, balance=16),
)
KORHONEN: Final = Home(
    "korhonen",
    always_kw=0.2,
    lights_kw=0.38,
    habits=(
        *COOKING,
        *EVENINGS,
        Habit("sauna", 7.2, 19.2, 1.5, (0, 0, 0, 0, 0.7, 0.6, 0)),
        Habit("water heater", 2.4, 1.0, 1.8, EVERY_DAY, 0.1),
        Habit("car", 3.6, 2.0, 2.0, (0.3, 0.2, 0.3, 0.2, 0.4, 0.1, 0.3), 0.3),
    ),
    away=((713, 728), (1224, 1227)),
    heating=PerDegree(kw=0.04, balance=12),  # an air-source heat pump
)
KORHONEN_ROOF: Final = Panels(kw_peak=6.4)
HAKALA_ROOF: Final = Panels(kw_peak=42)  # of the building, whose flats are an energy community
HAKALA_SHARE: Final = 0.021
LINDHOLM: Final = Home(
    "lindholm",
    always_kw=0.14,
    lights_kw=0.30,
    habits=(*COOKING, *EVENINGS, Habit("bastu", 5.8, 17.6, 1.3, SATURDAYS, 0.6)),
    away=((701, 717), (619, 621)),
    heating=PerDegree(kw=0.034, balance=13),  # an exhaust-air heat pump
)
HAKALA: Final = Home(
    "hakala",
    always_kw=0.07,
    lights_kw=0.14,
    habits=(
        Habit("breakfast", 1.1, 6.4, 0.3, WORKDAYS),
        Habit("dinner", 1.5, 17.8, 0.6, (0.6,) * 7, 0.6),
        Habit("screens", 0.16, 18.2, 3.8, EVERY_DAY, 0.5),
        Habit("laundry", 1.1, 18.4, 1.4, (0, 0, 0.3, 0, 0, 0.3, 0.2), 1.5),
    ),
    away=((720, 804),),
)
RANTANEN: Final = Home(
    "rantanen",
    always_kw=0.16,
    lights_kw=0.2,
    habits=(
        Habit("porridge", 1.2, 6.1, 0.5, EVERY_DAY, 0.2),
        Habit("coffee", 0.9, 10.0, 0.4, EVERY_DAY, 0.2),
        Habit("lunch", 1.6, 11.6, 0.8, EVERY_DAY, 0.3),
        Habit("television", 0.15, 16.0, 6.0, EVERY_DAY, 0.3),
        Habit("sauna", 5.8, 16.5, 1.4, (0, 0, 0.9, 0, 0, 0.9, 0), 0.3),
    ),
    heating=PerDegree(kw=0.009, balance=14),  # the ventilation's heater
)
RANTANEN_HEAT: Final = Home(
    "rantanen heat",
    always_kw=0.3,
    lights_kw=0,
    habits=(
        Habit("morning", 2.6, 7.0, 0.6, EVERY_DAY, 0.3),
        Habit("after sauna", 4.0, 17.6, 0.9, (0, 0, 0.9, 0, 0, 0.9, 0), 0.3),
    ),
    heating=PerDegree(kw=0.14, balance=17),
)
SALONEN: Final = Home(
    "salonen",
    always_kw=0.13,
    lights_kw=0.26,
    habits=(*COOKING, *EVENINGS),
    away=((708, 721), (1224, 1226)),
)
SALONEN_GAS: Final = Home(
    "salonen gas",
    always_kw=0.2,
    lights_kw=0,
    habits=(
        Habit("morning showers", 5.0, 6.6, 0.8, WORKDAYS),
        Habit("late showers", 4.4, 9.2, 1.0, WEEKENDS, 0.8),
        Habit("dinner", 2.6, 17.4, 0.7, (0.8,) * 7, 0.5),
        Habit("evening showers", 4.6, 20.8, 0.9, (0.5,) * 7, 0.7),
    ),
    away=SALONEN.away,
    heating=PerDegree(kw=0.125, balance=15),
)
SALONEN_COOLING: Final = Home(
    "salonen cooling",
    always_kw=0,
    lights_kw=0,
    habits=(),
    away=SALONEN.away,
    chilling=PerDegree(kw=0.28, balance=14.5),
)
SALONEN_CAR: Final = Home(
    "salonen car",
    always_kw=0.01,
    lights_kw=0,
    habits=(Habit("car", 3.6, 22.0, 2.4, (0.5, 0.3, 0.5, 0.3, 0.6, 0.3, 0.4), 0.4),),
    away=SALONEN.away,
)
