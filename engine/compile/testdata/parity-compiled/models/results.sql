
names: ('id', 'customer', 'amount', 'placed', 'paid', 'at') (1, 2, 3) (Decimal('10.5'), Decimal('20.0'), Decimal('5.25')) (datetime.date(2024, 1, 5), datetime.date(2024, 1, 17), datetime.date(2024, 2, 3))
rows: <agate.Row: (1, 'ada', Decimal('10.5'), datetime.date(2024, 1, 5), True, ...)> ben 3 3 6
first: (1, 'ada', Decimal('10.5'), datetime.date(2024, 1, 5), True, datetime.datetime(2024, 1, 5, 0, 0)) ['id', 'customer', 'amount', 'placed', 'paid', 'at'] ['ada', 'ben']
1=ada/10.5/2024-01-05/True/2024-01-05 00:00:00 2=ben/20.0/2024-01-17/False/2024-01-17 00:00:00 3=ada/5.25/2024-02-03/True/2024-02-03 00:00:00 
sum: 35.75 11.5 21.0 True 10 2.625 -3.5
date: 2024 05/01/2024 2024-01-05T00:00:00 12
dict: ada ('id', 'customer', 'amount', 'placed', 'paid', 'at') [('id', 1), ('customer', 'ada'), ('amount', Decimal('10.5')), ('placed', datetime.date(2024, 1, 5)), ('paid', True), ('at', datetime.datetime(2024, 1, 5, 0, 0))]
id:3;customer:3;amount:3;placed:3;paid:3;at:3;


[(3, Decimal('20.0'), None)] 3 20.0 OK None
1

['id', 'customer', 'amount', 'placed', 'paid']
id INTEGER INTEGER False False True "id";customer VARCHAR character varying(256) True False False "customer";amount DOUBLE DOUBLE False False True "amount";placed DATE DATE False False False "placed";paid BOOLEAN BOOLEAN False False False "paid";

"parity"."main"."orders" table True False True "parity"."main"."orders"
['id', 'amount', 'placed', 'paid']