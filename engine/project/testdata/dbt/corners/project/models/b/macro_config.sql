{{ standard() }}
select * from {{ wrapped('hooked') }} join {{ base.base_ref() }} using (a)
